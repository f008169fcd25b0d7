/* sample_tokens.h - rill sample of a model over tokens. */
#ifndef RILL_TOOLS_COMMANDS_SAMPLE_TOKENS_H
#define RILL_TOOLS_COMMANDS_SAMPLE_TOKENS_H

#include "tools/cli/cli.h"

/* What was asked for; texts are NULL where it was not. */
typedef struct token_request {
    const char *model, *out, *x0, *fixed, *cond, *trajectory;
    int64_t n; /* 0: as many as x0, fixed or cond has */
    int64_t steps, correctors;
    uint64_t seed;
} token_request;

/* 1 when the file is a model over tokens; 0 also where it is none at all. */
int sample_has_tokens(const char *model);
/* Returns the exit status. */
int sample_tokens(const cli_args *args, const token_request *request);

#endif
