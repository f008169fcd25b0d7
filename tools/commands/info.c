/* rill info - what is in a model, or in any .safetensors file. */
#include "commands.h"

#include "formats/file.h"
#include "formats/safetensors.h"

#include <stdio.h>

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

static void print_tensors(const rill_safetensors *file)
{
    int64_t numbers = 0;
    for (size_t i = 0; i < rill_safetensors_count(file); i++) {
        const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
        char shape[RILL_SHAPE_TEXT];
        cli_print_clean(stdout, entry->name);
        printf("  ");
        cli_print_clean(stdout, entry->type);
        printf(" %s\n", rill_shape_print(&entry->shape, shape, sizeof shape));
        numbers += rill_shape_count(&entry->shape);
    }
    printf("%zu tensors, %lld numbers\n", rill_safetensors_count(file), (long long)numbers);
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
        print_metadata(file);
        print_tensors(file);
    }
    rill_safetensors_free(file);
    rill_file_free(bytes);
    return status;
}

const cli_command cli_info_command = {
    .name = "info",
    .operands = "MODEL",
    .doc = "prints the configuration and the tensors of a model or any .safetensors file",
    .least_operands = 1,
    .most_operands = 1,
    .run = run_info,
};
