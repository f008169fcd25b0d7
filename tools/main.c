#include "command.h"

int main(int argc, char **argv)
{
    return rill_main(argc, argv, NULL);
}
