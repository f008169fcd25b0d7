#include "command_files.h"

#include "shell.h"

void make_files(void)
{
    must(shell(
        "printf '1,2\\n3,4\\n5,6\\n' > good.csv; printf '1,2,3\\n4,5,6\\n7,8,9\\n' > three.csv; "
        "printf '1,2\\n3,nan\\n' > nan.csv; printf 'inf,2\\n3,4\\n' > inf.csv; "
        "printf '1,2\\n3\\n' > ragged.csv; printf 'a,b\\nc,d\\n' > words.csv; : > empty.csv; "
        ": > empty.npy; printf '0\\n1\\n' > short.csv; printf '0\\n-1\\n1\\n' > negative.csv; "
        "rill data moons --n 50 --out full.npy && head -c 300 full.npy > cut.npy; "
        "sed 's/(50, 2)/(0, 2) /' full.npy | head -c 128 > zero.npy; "
        "head -c 500 /dev/zero > junk.st; printf '\\2\\0\\0\\0\\0\\0\\0\\0{}' > plain.st; " TRAIN
        "--steps 20 --out model.st && head -c 2000 model.st > cut.st && "
        "rill train --data 8gaussians --cond labels " SMALL "--steps 5 --out cond.st && " TOKENS
        "--vocab 8 --steps 5 --out tokens.st"));
}
