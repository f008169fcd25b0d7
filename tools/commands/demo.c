/* rill demo - a first look: trains three models and draws what they learned, by the commands that
 * anybody can type. */
#include "commands.h"
#include "demo_table.h"

#include "tools/cli/interrupt.h"
#include "tools/cli/text_file.h"
#include "tools/plot/plot.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What is run, in order; @ stands for the directory.  A stage with a picture says what it shows. */
typedef struct stage {
    const char *command;
    const char *picture, *shows; /* NULL: none */
} stage;

#define LINE  "@/line.safetensors"
#define MOONS "@/moons.safetensors"

static const stage stages[] = {
    { "train --data 1d-mixture --seed 1 --out " LINE " --log @/line.csv", NULL, NULL },
    { "plot loss @/line.csv --title 1d-mixture --floor 2.489 --out @/line-loss.png",
      "line-loss.png", "the loss, which ends near 2.489, the variance that nobody can predict" },
    { "plot field --model " LINE " --out @/line-field.png", "line-field.png",
      "the learned velocity over time" },
#define STEPS(n)                                                                                   \
    { "sample --model " LINE " --n 400 --steps " #n " --out @/line-steps-" #n                      \
      ".npy --trajectory @/line-trajectories-" #n ".npy",                                          \
      NULL, NULL },                                                                                \
    {                                                                                              \
        "plot trajectories @/line-trajectories-" #n ".npy --out @/line-steps-" #n ".png",          \
            "line-steps-" #n ".png", "noise carried to two modes, Euler steps: " #n                \
    }
    STEPS(1),
    STEPS(2),
    STEPS(10),
    STEPS(100),
    { "train --data moons --seed 1 --out " MOONS " --log @/moons.csv", NULL, NULL },
    { "data moons --n 4000 --held-out --out @/moons-data.npy", NULL, NULL },
    { "sample --model " MOONS " --n 4000 --steps 50 --out @/moons-learned.npy", NULL, NULL },
    { "plot samples @/moons-data.npy @/moons-learned.npy --out @/moons.png", "moons.png",
      "data that training never saw, beside samples" },
    { "compare @/moons-data.npy @/moons-learned.npy --metric energy", NULL, NULL },
    { "sample --model " MOONS " --n 150 --steps 50 --out @/moons-150.npy --trajectory "
      "@/moons-trajectories.npy",
      NULL, NULL },
    { "plot trajectories @/moons-trajectories.npy --out @/moons-trajectories.png",
      "moons-trajectories.png", "how each of 150 samples gets from noise to data" },
    { "plot field --model " MOONS " --out @/moons-field.png", "moons-field.png",
      "the learned velocity at four times" },
    { "plot density --model " MOONS " --n 100000 --out @/moons-density.png", "moons-density.png",
      "where 100,000 samples fall" },
    { "train --data digits --cond labels --steps 8000 --seed 1 --out @/digits.safetensors --log "
      "@/digits.csv",
      NULL, NULL },
    { "sample --model @/digits.safetensors --cond @/wanted.csv --steps 50 --out @/digits.npy", NULL,
      NULL },
    { "plot images @/digits.npy --labels @/wanted.csv --range -1,1 --out @/digits.png",
      "digits.png", "handwritten digits that nobody wrote, with what was asked for" },
#define GRAPH(part)                                                                                \
    {                                                                                              \
        "dot --part " part " --out @/" part ".dot", part ".svg", "the graph: " part                \
    }
    GRAPH("path"),
    GRAPH("velocity"),
    GRAPH("loss"),
    GRAPH("gradient"),
    GRAPH("step"),
    GRAPH("sampler"),
};

enum { STAGE_COUNT = sizeof stages / sizeof *stages, MOST_WORDS = 32, LONGEST_NAME = 64 };

/* ---- Running one stage. */

/* Words of the command, with @ replaced by the directory, into `room`; returns how many. */
static int split(const char *command, const char *directory, const char **words, char *room,
                 size_t size)
{
    int count = 0;
    while (*command && count < MOST_WORDS) {
        size_t length = strcspn(command, " ");
        int replaced = *command == '@';
        int used = snprintf(room, size, "%s%.*s", replaced ? directory : "", (int)length - replaced,
                            command + replaced);
        if (used < 0 || (size_t)used >= size)
            return 0;
        words[count++] = room;
        room += used + 1;
        size -= (size_t)used + 1;
        command += length + strspn(command + length, " ");
    }
    return count;
}

static int run_stage(const cli_args *args, const stage *s, const char *directory)
{
    const char *words[MOST_WORDS];
    static char room[MOST_WORDS * PATH_MAX];
    int count = split(s->command, directory, words, room, sizeof room);
    if (count == 0)
        return cli_fail(args, "the directory's name is too long");
    if (strcmp(words[0], "plot") == 0 && !plot_available())
        return CLI_DONE;
    fprintf(stderr, "$ rill");
    for (int i = 0; i < count; i++) /* as it can be typed, unless a name holds quotes */
        fprintf(stderr, strpbrk(words[i], " \t*?&;()$") ? " '%s'" : " %s", words[i]);
    fputc('\n', stderr);
    return cli_run(count, words, args->extensions);
}

/* `dot -Tsvg IN -o OUT`, where Graphviz is installed; 0 when it is not. */
static int run_graphviz(char *in, char *out)
{
    char name[] = "dot", type[] = "-Tsvg", to[] = "-o";
    char *argv[] = { name, type, in, to, out, NULL };
    pid_t child;
    int status;
    if (posix_spawnp(&child, "dot", NULL, NULL, argv, environ) != 0)
        return 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    unlink(out); /* half of it, where Ctrl-C has stopped both */
    return 0;
}

/* FILE.dot as FILE.svg. */
static int lay_out(const char *directory, const char *svg)
{
    char in[PATH_MAX], out[PATH_MAX];
    snprintf(in, sizeof in, "%s/%.*s.dot", directory, (int)strcspn(svg, "."), svg);
    snprintf(out, sizeof out, "%s/%s", directory, svg);
    cli_interrupt_watch();
    int done = run_graphviz(in, out);
    cli_interrupt_pass_on();
    return done;
}

/* ---- The demonstration. */

/* Ten of each digit, one label a line. */
static int write_labels(const cli_args *args, const char *directory)
{
    char path[PATH_MAX], labels[200];
    snprintf(path, sizeof path, "%s/wanted.csv", directory);
    for (int i = 0; i < 100; i++) {
        labels[2 * i] = (char)('0' + i / 10);
        labels[2 * i + 1] = '\n';
    }
    return cli_text_write(args, path, labels, sizeof labels);
}

static int print_table(const cli_args *args, const char *directory)
{
    char path[PATH_MAX];
    rill_message message;
    snprintf(path, sizeof path, "%s/line.safetensors", directory);
    printf("\nWhy ten steps beat one: samples of two modes at -2 and 2.  One step goes to the mean "
           "of the\ndata, which is what plain regression answers.  (W1: distance to the data; sd: "
           "spread.)\n\n");
    if (demo_table(path, args->extensions, 20000, stdout, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    return CLI_DONE;
}

static int exists(const char *directory, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return access(path, R_OK) == 0;
}

static void print_pictures(const char *directory)
{
    printf("\nPictures in %s:\n", directory);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (stages[i].picture && exists(directory, stages[i].picture))
            printf("  %-24s %s\n", stages[i].picture, stages[i].shows);
    if (!plot_available())
        printf("  (no .png: this rill was built without cairo)\n");
    if (!exists(directory, "loss.svg"))
        printf("  (no .svg of graphs: Graphviz is not installed; the .dot files are there)\n");
}

static int run_demo(const cli_args *args)
{
    const char *asked = args->operand_count ? args->operand[0] : "rill-demo";
    char directory[PATH_MAX - LONGEST_NAME];
    int graphviz = 1;
    if (strlen(asked) + 2 >= sizeof directory)
        return cli_usage(args, "the directory's name is too long");
    /* In a command a name that begins with a dash would be a flag. */
    snprintf(directory, sizeof directory, "%s%s", *asked == '-' ? "./" : "", asked);
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return cli_fail(args, "cannot make the directory '%.300s': %s", directory, strerror(errno));
    int status = write_labels(args, directory);
    for (int i = 0; i < STAGE_COUNT && status == CLI_DONE; i++) {
        status = run_stage(args, &stages[i], directory);
        if (status == CLI_DONE && stages[i].picture && strstr(stages[i].picture, ".svg") &&
            graphviz)
            graphviz = lay_out(directory, stages[i].picture);
    }
    if (status == CLI_DONE)
        status = print_table(args, directory);
    if (status == CLI_DONE)
        print_pictures(directory);
    return status;
}

const cli_command cli_demo_command = {
    .name = "demo",
    .operands = "[DIR]",
    .doc = "a first look, under three minutes: trains, samples and draws into DIR (rill-demo)",
    .most_operands = 1,
    .run = run_demo,
};
