/* rill info - what is in a model, or in any .safetensors file. */
#include "commands.h"

#include "formats/file.h"
#include "formats/safetensors.h"
#include "tools/cli/model.h"

#include <stdio.h>

enum { ALL, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [ALL] = { .name = "all",
              .kind = CLI_FLAG,
              .doc = "every tensor of a model, those of the optimiser and averages too" },
};

/* What the tensors of a model are for. */
static const char *const parts[] = { [RILL_PARAMETER] = "network",
                                     [RILL_MOMENT] = "optimiser",
                                     [RILL_AVERAGE] = "averages",
                                     [RILL_COUNTER] = "counters and units" };
enum { PARTS = sizeof parts / sizeof *parts };

static void print_metadata(const rill_safetensors *file)
{
    for (size_t i = 0; i < rill_safetensors_metadata_count(file); i++) {
        const rill_safetensors_pair *pair = rill_safetensors_metadata_at(file, i);
        cli_print_clean(stdout, pair->key);
        printf(" = ");
        cli_print_clean(stdout, pair->value);
        putchar('\n');
    }
}

/* Other files have tensors, and rill does not know what for. */
static int is_model(const rill_safetensors *file)
{
    return rill_safetensors_metadata(file, "rill.format") != NULL;
}

static void print_part(const rill_safetensors *file, rill_role role)
{
    int64_t tensors = 0, numbers = 0;
    for (size_t i = 0; i < rill_safetensors_count(file); i++) {
        const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
        int counts = cli_entry_role(entry->name) == role;
        tensors += counts;
        numbers += counts ? rill_shape_count(&entry->shape) : 0;
    }
    if (tensors > 0)
        printf("%s: %lld number%s in %lld tensor%s\n", parts[role], (long long)numbers,
               numbers == 1 ? "" : "s", (long long)tensors, tensors == 1 ? "" : "s");
}

static void print_summary(const rill_safetensors *file)
{
    for (int role = 0; role < PARTS; role++)
        print_part(file, (rill_role)role);
}

static void print_tensor(const rill_safetensors_entry *entry)
{
    char shape[RILL_SHAPE_TEXT];
    cli_print_clean(stdout, entry->name);
    printf("  ");
    cli_print_clean(stdout, entry->type);
    printf(" %s\n", rill_shape_print(&entry->shape, shape, sizeof shape));
}

static void print_tensors(const rill_safetensors *file, int all)
{
    int64_t numbers = 0;
    size_t shown = 0, count = rill_safetensors_count(file);
    for (size_t i = 0; i < count; i++) {
        const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
        numbers += rill_shape_count(&entry->shape);
        if (!all && cli_entry_role(entry->name) != RILL_PARAMETER)
            continue;
        print_tensor(entry);
        shown++;
    }
    printf("%zu tensors, %lld numbers", count, (long long)numbers);
    printf(shown < count ? "; --all shows all\n" : "\n");
}

static int run_info(const cli_args *args)
{
    void *bytes;
    size_t size;
    rill_message message;
    if (rill_file_read(args->operand[0], &bytes, &size, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    rill_safetensors *file = rill_safetensors_parse(bytes, size, &message);
    int status =
        file ? CLI_DONE : cli_fail(args, "'%.200s': %.300s", args->operand[0], message.text);
    if (file) {
        int model = is_model(file);
        if (model)
            print_summary(file);
        print_metadata(file);
        print_tensors(file, args->value[ALL].given || !model);
    }
    rill_safetensors_free(file);
    rill_file_free(bytes);
    return status;
}

const cli_command cli_info_command = {
    .name = "info",
    .operands = "MODEL",
    .doc =
        "prints the size, the configuration and the network's tensors of a model, or the tensors "
        "of any .safetensors file",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_info,
};
