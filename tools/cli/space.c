/* What samples are made of: points, tokens, points on a manifold.  Which options each has. */
#include "model.h"

const cli_space_info cli_spaces[CLI_SPACE_COUNT] = {
    [CLI_POINTS] = { .name = "points" },
    [CLI_TOKENS] = { .name = "tokens", .refusal = "they jump, and have no velocity" },
    [CLI_ON_MANIFOLD] = { .name = "a manifold",
                          .refusal = "this command takes flat space for granted" },
};

cli_space cli_space_of(const cli_value *option)
{
    if (option[TRAIN_VOCAB].text)
        return CLI_TOKENS;
    return option[TRAIN_MANIFOLD].text ? CLI_ON_MANIFOLD : CLI_POINTS;
}

enum {
    POINTS = 1 << CLI_POINTS,
    TOKENS = 1 << CLI_TOKENS,
    MANIFOLD = 1 << CLI_ON_MANIFOLD,
    ALL = POINTS | TOKENS | MANIFOLD
};

int cli_option_applies(int option, cli_space kind)
{
    static const int of[TRAIN_OPTION_COUNT] = {
        [TRAIN_VOCAB] = TOKENS,      [TRAIN_KAPPA] = TOKENS,   [TRAIN_LOSS] = TOKENS,
        [TRAIN_MANIFOLD] = MANIFOLD, [TRAIN_DATA] = ALL,       [TRAIN_COND] = ALL,
        [TRAIN_SOURCE] = ALL,        [TRAIN_RESUME] = ALL,     [TRAIN_OUT] = ALL,
        [TRAIN_NET] = ALL,           [TRAIN_HIDDEN] = ALL,     [TRAIN_LAYERS] = ALL,
        [TRAIN_STEPS] = ALL,         [TRAIN_ACTIVATION] = ALL, [TRAIN_BATCH] = ALL,
        [TRAIN_OPTIMIZER] = ALL,     [TRAIN_LR] = ALL,         [TRAIN_CLIP] = ALL,
        [TRAIN_WEIGHT_DECAY] = ALL,  [TRAIN_DECAY] = ALL,      [TRAIN_EMA] = ALL,
        [TRAIN_SEED] = ALL,          [TRAIN_THREADS] = ALL,    [TRAIN_TIME] = ALL,
        [TRAIN_LOG] = ALL,           [TRAIN_STRATIFIED] = ALL, [TRAIN_SAVE_EVERY] = ALL,
        [TRAIN_PROFILE] = ALL,       [TRAIN_QUIET] = ALL,
    };
    return ((of[option] ? of[option] : POINTS) >> kind) & 1;
}
