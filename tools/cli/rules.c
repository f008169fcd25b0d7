#include "rules.h"

static int holds(const cli_rule *rule, const cli_value *value)
{
    if (!value[rule->option].given)
        return 1;
    return value[rule->other].given == (rule->relation == CLI_NEEDS);
}

int cli_check_rules(const cli_args *args, const cli_rule *rules, int count)
{
    static const char *const usual[] = {
        [CLI_NEEDS] = "--%s needs --%s", [CLI_EXCLUDES] = "--%s does not go with --%s"
    };
    for (const cli_rule *rule = rules; rule < rules + count; rule++) {
        if (holds(rule, args->value))
            continue;
        if (rule->message)
            return cli_usage(args, "%s", rule->message);
        return cli_usage(args, usual[rule->relation],
                         cli_option_at(args->command, rule->option)->name,
                         cli_option_at(args->command, rule->other)->name);
    }
    return CLI_DONE;
}
