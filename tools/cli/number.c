#include "number.h"

#include <stdio.h>
#include <stdlib.h>

void cli_print_number(double number, char text[32])
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            return;
    }
}
