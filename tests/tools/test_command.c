/* The command as people meet it: what it refuses and how, and that what it promises of bytes holds.
 *
 * RILL_COMMAND is the path of the program.  Everything happens in a folder of its own, where each
 * line is given to the shell with `rill` standing for the program. */
#include "models/flow/objective.h"

#include <check.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/rill-command-XXXXXX";

/* Runs lines of shell; output goes to the files `out` and `err`.  Returns the exit status. */
static int shell(const char *format, ...)
{
    static char script[4096];
    int used =
        snprintf(script, sizeof script, "exec >out 2>err; rill() { \"$RILL_COMMAND\" \"$@\"; }\n");
    va_list list;
    va_start(list, format);
    vsnprintf(script + used, sizeof script - (size_t)used, format, list);
    va_end(list);
    int status = system(script);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The text of a file; what does not fit is cut. */
static const char *text_of(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void must(int status)
{
    ck_assert_msg(status == 0, "exit status %d: %s", status, text_of("err"));
}

static void expect_same(const char *a, const char *b)
{
    ck_assert_msg(shell("cmp %s %s", a, b) == 0, "%s and %s differ: %s", a, b, text_of("out"));
}

/* A network small enough that a step takes microseconds. */
#define SMALL  "--hidden 8 --layers 2 --batch 16 --quiet "
#define TRAIN  "rill train --data moons " SMALL
#define TOKENS "rill train --data good.csv " SMALL
#define SPHERE "rill train --data good.csv --manifold sphere " SMALL
#define LOGLIK "rill loglik --model model.st --data "

/* ---- What is refused. */

static const struct refusal {
    const char *line;
    int status;
    const char *says; /* part of the message */
} refusals[] = {
    { "rill", 2, "expected a command" },
    { "rill trian", 2, "did you mean train?" },
    { "rill ''", 2, "there is no command ''" },
    { "rill --verbose", 2, "there is no command '--verbose'" },
    { "RILL_ISA=pdp11 rill ops", 2, "RILL_ISA=pdp11: no instruction set of this processor" },
    { "rill train", 2, "--data D is needed" },
    { "rill train --data moons", 2, "--out MODEL.safetensors is needed" },
    { "rill train --dta moons", 2, "there is no flag --dta; did you mean --data?" },
    { "rill train --out", 2, "--out needs a value" },
    { "rill train --out --data moons", 2, "--out needs a value" },
    { "rill train --data", 2, "--data needs a value: D" },
    { "rill train --data ''", 2, "--data takes D, not ''" },
    { "rill train moons", 2, "'moons' is one argument too many" },
    { "rill train -x", 2, "there is no flag -x" },
    { TRAIN "--out a.st --out b.st", 2, "--out is given twice" },
    { TRAIN "--out a.st --steps abc", 2,
      "--steps takes a whole number from 1 to 2000000000, not 'abc'" },
    { TRAIN "--out a.st --steps 10x", 2, "not '10x'" },
    { TRAIN "--out a.st --steps 1.5", 2, "not '1.5'" },
    { TRAIN "--out a.st --steps ''", 2, "not ''" },
    { TRAIN "--out a.st --steps ' 5'", 2, "not ' 5'" },
    { TRAIN "--out a.st --steps 0", 2, "not '0'" },
    { TRAIN "--out a.st --steps -5", 2, "not '-5'" },
    { TRAIN "--out a.st --steps 99999999999999999999999", 2, "--steps takes a whole number" },
    { "rill train --data moons --out a.st --batch 0", 2, "--batch takes a whole number" },
    { "rill train --data moons --out a.st --hidden=-1", 2, "--hidden takes a whole number" },
    { "rill train --data moons --out a.st --layers 1e9", 2, "not '1e9'" },
    { TRAIN "--out a.st --lr nan", 2, "--lr takes a number" },
    { TRAIN "--out a.st --lr inf", 2, "--lr takes a number" },
    { TRAIN "--out a.st --lr=-1", 2, "not '-1'" },
    { TRAIN "--out a.st --lr 0", 2, "--lr takes a number" },
    { TRAIN "--out a.st --ema 1", 2, "--ema takes a number from 0 to 1" },
    { TRAIN "--out a.st --seed -1", 2, "--seed takes a whole number" },
    { TRAIN "--out a.st --threads 0", 2, "--threads takes a whole number from 1 to 256" },
    { TRAIN "--out a.st --threads 257", 2, "not '257'" },
    { TRAIN "--out a.st --save-every 0", 2, "--save-every takes" },
    { TRAIN "--out a.st --normalize=1", 2, "--normalize takes no value, not '1'" },
    { TRAIN "--out a.st --path linaer", 2, "did you mean linear?" },
    { TRAIN "--out a.st --path spiral", 2, "--path takes one of linear, cosine, power, linear-vp" },
    { TRAIN "--out a.st --net transformer", 2, "--net takes one of mlp, resmlp" },
    { TRAIN "--out a.st --lr-schedule step", 2, "--lr-schedule takes one of" },
    { TRAIN "--out a.st --objective data --path curved", 2,
      "--objective data, --path curved: the objective needs an affine path" },
    { TRAIN "--out a.st --objective meanflow:2", 2, "share is a number from 0 to 1, not '2'" },
    { TRAIN "--out a.st --objective meanflow:power=-1", 2, "power is a number from 0 to 1" },
    { TRAIN "--out a.st --objective shortcut:.5,17", 2, "sizes is a number from 1 to 16" },
    { TRAIN "--out a.st --objective sf2m", 2,
      "--objective sf2m, --path linear: the objective needs a random path" },
    { TRAIN "--out a.st --objective consistency --path bridge", 2, "needs a path without noise" },
    { TRAIN "--out a.st --objective consistency:0", 2, "step is a number from 0.0001 to 1" },
    { TRAIN "--out a.st --objective meanflw", 2, "did you mean meanflow?" },
    { TRAIN "--out a.st --coupling to", 2, "--coupling takes one of independent, ot" },
    { TRAIN "--out a.st --coupling ot:1", 2, "--coupling ot: it takes no numbers, not '1'" },
    { TRAIN "--out a.st --coupling conditional-ot", 2, "pairs by conditions, and there is no" },
    { TRAIN "--out a.st --time normal", 2, "--time takes one of uniform, beta" },
    { TRAIN "--out a.st --source nowhere", 2, "no data set or file 'nowhere'" },
    { TRAIN "--out a.st --source digits", 1, "--source has 64 numbers a sample, the data 2" },
    { TRAIN "--out a.st --objective cnf --source 8gaussians", 2, "learns without pairs" },
    { TRAIN "--out a.st --objective cnf:0", 2, "--objective cnf: steps" },
    { TRAIN "--out a.st --objective cnf:1e9", 2, "--objective cnf: steps" },
    { TRAIN "--out a.st --x0 good.csv", 2, "--x0 makes pairs with the rows of a data file" },
    { "rill train --data good.csv --x0 three.csv --out a.st", 1, "numbers a sample, the data 2" },
    { TOKENS "--vocab 6 --out a.st", 1,
      "'good.csv': row 2, column 1 (counted from 0) is 6; expected tokens, whole numbers from 0 to "
      "5" },
    { "rill train --data full.npy --vocab 8 --out a.st", 1, "expected tokens, whole numbers" },
    { "rill train --data negative.csv --vocab 8 --out a.st", 1, "row 1, column 0" },
    { "rill train --data moons --vocab 8 --out a.st", 2, "--vocab takes a file of tokens" },
    { "rill train --data digits --vocab 17 --out a.st", 2, "digits has points" },
    { TOKENS "--vocab 0 --out a.st", 2, "--vocab takes a whole number from 1 to 1000000" },
    { SPHERE "--path cosine --out a.st", 2, "--path is not of points on a --manifold" },
    { SPHERE "--objective data --out a.st", 2, "--objective is not of points" },
    { SPHERE "--coupling independent --out a.st", 2, "--coupling is not of points" },
    { SPHERE "--normalize --out a.st", 2, "--normalize is not of points" },
    { SPHERE "--kappa linear --out a.st", 2, "--kappa is not of points" },
    { SPHERE "--vocab 8 --out a.st", 2, "--manifold is of points" },
    { SPHERE "--source gaussian --out a.st", 2, "its noise is base" },
    { SPHERE "--out a.st", 1, "row 0 (counted from 0)" },
    { TRAIN "--manifold sphere --out a.st", 2, "--manifold takes files of points" },
    { TRAIN "--manifold klein --out a.st", 2, "--manifold: " },
    { TOKENS "--vocab 8 --path cosine --out a.st", 2, "--path is of points" },
    { TOKENS "--vocab 8 --objective data --out a.st", 2, "--objective is of points" },
    { TOKENS "--vocab 8 --coupling independent --out a.st", 2, "--coupling is of points" },
    { TOKENS "--vocab 8 --normalize --out a.st", 2, "--normalize is of points" },
    { TOKENS "--vocab 8 --x0 good.csv --out a.st", 2, "--x0 is of points" },
    { TOKENS "--vocab 8 --dropout .1 --out a.st", 2, "--dropout is of points" },
    { TOKENS "--vocab 8 --source gaussian --out a.st", 2,
      "--source of tokens is mask or uniform, not 'gaussian'" },
    { TOKENS "--vocab 8 --kappa power:.5 --out a.st", 2, "--kappa" },
    { TOKENS "--vocab 8 --loss mse --out a.st", 2,
      "--loss takes one of cross-entropy, generalised-kl" },
    { TRAIN "--kappa cosine --out a.st", 2, "--kappa is of tokens, and needs --vocab K" },
    { TRAIN "--loss generalised-kl --out a.st", 2, "--loss is of tokens" },
    { "rill train --resume tokens.st --vocab 9", 2,
      "--vocab is 9, but the model was trained with" },
    { "rill train --resume tokens.st --path cosine", 2, "--path is cosine, but" },
    { "rill sample --model tokens.st --out s.npy", 2, "--n N is needed" },
    { "rill sample --model tokens.st --n 3 --solver heun --out s.npy", 2, "--solver is of models" },
    { "rill sample --model model.st --n 3 --correctors 2 --out s.npy", 2,
      "--correctors is of models over tokens" },
    { "rill sample --model model.st --n 3 --fixed good.csv --out s.npy", 2,
      "--fixed is of models" },
    { "rill sample --model tokens.st --fixed three.csv --out s.npy", 1, "has 3 tokens a row" },
    { "rill sample --model tokens.st --fixed full.npy --out s.npy", 1,
      "whole numbers from -1 to 7" },
    { "rill sample --model tokens.st --x0 good.csv --n 4 --out s.npy", 2,
      "--x0 has 3 rows, expected 4" },
    { "rill sample --model tokens.st --n 3 --cond 1 --out s.npy", 2, "without conditions" },
    { "rill sample --model tokens.st --n 3 --out s.csv", 1, "what is written is .npy" },
    { "rill sample --model tokens.st --n 3 --out no/s.npy", 1, "cannot write 'no/s.npy'" },
    { "sed 's/\"mask\"/\"musk\"/' tokens.st > musk.st; rill sample --model musk.st --n 3 --out "
      "s.npy",
      1, "its rill.source is 'musk'; of tokens it is mask or uniform" },
    { "rill sample --model tokens.st --n 3 --out s.npy --trajectory s.npy", 2, "the same file" },
    { "rill velocity --model tokens.st --x good.csv --t 0 --out v.npy", 1, "a model over tokens" },
    { "rill train --data good.csv --x0 full.npy --out a.st", 1, "--x0 has 50 rows, the data 3" },
    { TRAIN "--out no/such/a.st", 1, "cannot write 'no/such/a.st'" },
    { TRAIN "--out good.csv/a.st", 1, "cannot write" },
    { TRAIN "--out .", 1, "cannot write" },
    { TRAIN "--out a.st --log a.st", 2, "--log and --out are the same file" },
    { TRAIN "--out a.st --profile no/such", 1, "cannot write 'no/such.json'" },
    { "cp good.csv own.csv; rill train --data own.csv --out own.csv", 2,
      "--out and --data are the same file" },
    { "cp good.csv own.csv; rill train --data good.csv --x0 own.csv --out a.st --log own.csv", 2,
      "--log and --x0 are the same file" },
    { TRAIN "--coupling unbalanced:1e-6,1e-6 --out a.st", 1,
      "squared distances are so far above the relaxation 1e-06 that no pair is left" },
    { TRAIN "--out a.json --profile a", 2, "--profile and --out are the same file" },
    { TRAIN "--out a.st --log a.dot --profile a", 2, "--profile and --log are the same file" },
    { TRAIN "--out a.st --profile", 2, "--profile needs a value: PREFIX" },
    { TRAIN "--out a.st --log no/such.csv", 1, "cannot write 'no/such.csv'" },
    { TRAIN "--out /dev/full --steps 5", 1, "No space left" },
    { TRAIN "--out a.st --log /dev/full --steps 20", 1, "No space left" },
    { "rill train --data mooons --out a.st", 2,
      "there is no data set or file 'mooons'; did you mean moons?" },
    { "rill train --data none.npy --out a.st", 1, "cannot read 'none.npy'" },
    { "rill train --data . --out a.st", 1, "it is a directory" },
    { "rill train --data nan.csv --out a.st", 1, "row 1, column 1 (counted from 0) is nan" },
    { "rill train --data inf.csv --out a.st", 1, "'inf.csv': row 0, column 0" },
    { "rill train --data ragged.csv --out a.st", 1, "'ragged.csv': line 2" },
    { "rill train --data words.csv --out a.st", 1, "'words.csv': line" },
    { "rill train --data empty.csv --out a.st", 1, "'empty.csv'" },
    { "rill train --data empty.npy --out a.st", 1, "'empty.npy'" },
    { "rill train --data cut.npy --out a.st", 1, "'cut.npy'" },
    { "rill train --data zero.npy --out a.st", 1, "there is nothing in it" },
    { "rill train --data junk.st --out a.st", 1, "'junk.st'" },
    { "rill train --data checkerboard --cond labels --out a.st", 2, "checkerboard has no labels" },
    { TRAIN "--cond good.csv --out a.st", 2, "--cond takes `labels` for the built-in set" },
    { "rill train --data good.csv --cond labels --out a.st", 2, "--cond takes a file" },
    { "rill train --data good.csv --cond short.csv --out a.st", 1,
      "'short.csv' has 2 rows, the data 3" },
    { "rill train --data good.csv --cond negative.csv --out a.st", 1, "has the label -1" },
    { "rill train --resume none.st", 1, "cannot read 'none.st'" },
    { "rill train --resume junk.st", 1, "'junk.st'" },
    { "rill train --resume cut.st", 1, "'cut.st'" },
    { "rill train --resume plain.st", 1, "no model of rill: its metadata has no rill.format" },
    { "rill train --resume model.st --path cosine", 2,
      "--path is cosine, but the model was trained with linear" },
    { "rill train --resume model.st --lr 0.01", 2,
      "--lr is 0.01, but the model was trained with 0.001" },
    { "rill train --resume model.st --seed 3", 2, "--seed is 3, but the model was trained with 0" },
    { "rill train --resume model.st --cond labels", 2, "trained with none" },
    { "rill train --resume model.st --normalize", 2, "trained with none" },
    { "rill train --resume model.st --steps 5", 2,
      "--steps is 5, but the model has done 20 already" },
    { "cp good.csv own.csv; rill train --data own.csv " SMALL "--steps 2 --out own.st && "
      "cp three.csv own.csv; rill train --resume own.st --steps 4",
      1, "is not what the model was trained on" },
    { "rill sample --n 5 --out s.npy", 2, "--model M is needed" },
    { "rill sample --model model.st --n 5", 2, "--out S.npy is needed" },
    { "rill sample --model model.st --out s.npy", 2, "--n N is needed" },
    { "rill sample --model model.st --n 0 --out s.npy", 2, "--n takes a whole number from 1" },
    { "rill sample --model model.st --n 5 --out s.npy --solver rk5", 2, "did you mean rk4?" },
    { "rill sample --model model.st --n 5 --out s.npy --steps 0", 2, "--steps takes" },
    { "rill sample --model model.st --n 5 --out s.npy --tol 1e-4", 2,
      "--solver euler chooses no steps, --tol is not for it" },
    { "rill sample --model model.st --n 5 --out s.npy --solver rk4 --tol 1e-4", 2,
      "--solver rk4 chooses no steps" },
    { "rill sample --model model.st --n 5 --out s.npy --solver dopri5 --tol 0", 2,
      "--tol takes a number from 1e-07 to 1" },
    { "rill sample --model model.st --n 5 --out s.npy --solver dopri5 --tol nan", 2,
      "--tol takes a number" },
    { "rill sample --model model.st --n 5 --out s.npy --solver dopri5 --tol 1e-4 --steps 5", 2,
      "--steps is for the times of --trajectory" },
    { "rill sample --model model.st --n 5 --out s.npy --solver dopri5 --tol 1e-4 --grid shifted", 2,
      "--grid is for the times of --trajectory" },
    { "rill sample --model model.st --n 5 --out s.npy --solver dopri5 --tol 1e-4 --noise-level "
      "root",
      2, "--noise-level goes by the steps of a grid" },
    { "rill sample --model model.st --n 5 --out s.npy --grid shiftd:2", 2,
      "there is no grid or file 'shiftd:2'; did you mean shifted?" },
    { "rill sample --model model.st --n 5 --out s.npy --grid shifted:0", 2,
      "S is a number from 0.001 to 1000" },
    { "rill sample --model model.st --n 5 --out s.npy --grid shifted:1,2", 2,
      "--grid shifted:1,2:" },
    { "rill sample --model model.st --n 5 --out s.npy --grid uniform:2", 2, "--grid uniform:2:" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5,.4,1", 2,
      "time 2 is 0.4 after 0.5" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5,.5,1", 2,
      "time 2 is 0.5 after 0.5" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,nan,1", 2, "time 1 is not finite" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5,1.5", 2,
      "time 2 is 1.5, expected 0 to 1" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5,1, --steps 2", 2,
      "--steps is not for it" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5,x", 2,
      "there is no grid or file '0,.5,x'" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 1,.5,0", 2,
      "descends, from data to noise: add --backward" },
    { "rill sample --model model.st --n 5 --out s.npy --grid .5,1", 2,
      "starts at t = 0.5, where samples are no noise: --x0 is needed" },
    { "rill sample --model model.st --n 5 --out s.npy --grid three.csv", 1,
      "'three.csv' has rows of 3 numbers" },
    { "rill sample --model model.st --n 5 --out s.npy --grid words.csv", 1, "'words.csv'" },
    { "rill sample --model model.st --n 5 --out s.npy --grid 0,.5 --logp p.npy", 2,
      "--logp goes from t = 0 to 1" },
    { "rill sample --model model.st --n 5 --out s.npy --backward", 2,
      "--backward needs the data in --x0" },
    { "rill sample --model model.st --n 5 --out s.npy --backward=1", 2,
      "--backward takes no value" },
    { "rill sample --model model.st --x0 good.csv --out s.npy --backward --grid 0,1", 2,
      "--grid 0,1 ascends, but --backward goes from t = 1 to 0" },
    { "rill sample --model model.st --x0 good.csv --out s.npy --backward --noise-level root", 2,
      "--backward does not go with --noise-level" },
    { "rill sample --model model.st --x0 good.csv --out s.npy --backward --logp p.npy", 2,
      "--backward does not go with --logp" },
    { "rill sample --model tokens.st --n 3 --backward --out s.npy", 2, "--backward is of models" },
    { "rill sample --model model.st --n 5 --out s.npy --cond 1", 2, "trained without conditions" },
    { "rill sample --model model.st --n 5 --out s.npy --x0 three.csv", 1,
      "'three.csv' has 3 numbers a row" },
    { "rill sample --model model.st --n 5 --out s.npy --x0 good.csv", 2,
      "--n is 5, but --x0 has 3 rows" },
    { "rill sample --model model.st --n 5 --out s.npy --x0 nan.csv", 1, "is nan" },
    { "rill sample --model model.st --n 2000000000 --out s.npy --trajectory t.npy", 2,
      "--trajectory would have" },
    { "rill sample --model model.st --n 5 --out s.npy --trajectory s.npy", 2, "the same file" },
    { "rill sample --model model.st --n 5 --out s.npy --trajectory no/t.npy", 1, "'no/t.npy'" },
    { "rill sample --model model.st --n 5 --out s.npy --logp no/p.npy", 1, "'no/p.npy'" },
    { "rill sample --model tokens.st --n 5 --out s.npy --trajectory no/t.npy", 1, "'no/t.npy'" },
    { "rill sample --model model.st --n 5 --out no/s.npy", 1, "cannot write 'no/s.npy'" },
    { "rill sample --model model.st --n 5 --out /dev/full", 1, "No space left" },
    { "rill sample --model cond.st --n 5 --out s.npy", 2, "trained with labels 0 to 7" },
    { "rill sample --model cond.st --n 5 --out s.npy --cond 8", 2, "a label from 0 to 7" },
    { "rill sample --model cond.st --n 5 --out s.npy --cond -1", 2, "a label from 0 to 7" },
    { "rill sample --model cond.st --n 5 --out s.npy --cond short.csv", 2,
      "--cond has 2 rows, expected 5" },
    { "rill sample --model good.csv --n 5 --out s.npy", 1, "'good.csv'" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2", 2, "without conditions" },
    { "rill sample --model cond.st --n 5 --out s.npy --cond 1 --guidance 2", 2, "--dropout 0" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance two", 2,
      "--guidance: w is a number from -100 to 100, not 'two'" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance ''", 2, "--guidance takes w" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2,", 2, "from is a number" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2,.5,.5", 2, "has to be less" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2,0,1,1", 2, "it takes 3" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2,0,from=1", 2, "given twice" },
    { "rill sample --model model.st --n 5 --out s.npy --guide model.st", 2, "--guidance W" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2 --guide cond.st", 1,
      "--guide 'cond.st' has other conditions" },
    { "rill sample --model model.st --n 5 --out s.npy --guidance 2 --guide no.st", 1, "no.st" },
    { "rill sample --model model.st --n 5 --out s.npy --scheduler cosin", 2, "mean cosine?" },
    { "rill sample --model model.st --n 5 --out s.npy --scheduler power:0", 2, "from 1 to 100" },
    { "rill sample --model model.st --n 5 --out s.npy --noise-level rot", 2, "mean root?" },
    { "rill sample --model model.st --n 5 --out s.npy --noise-level root:-1", 2, "from 0 to 100" },
    { TRAIN "--path curved --steps 2 --out bent.st && "
            "rill sample --model bent.st --n 5 --out s.npy --scheduler linear",
      2, "--scheduler: the model's path, curved, is not affine" },
    { TRAIN "--path curved --steps 2 --out bent.st && "
            "rill sample --model bent.st --n 5 --out s.npy --noise-level root",
      2, "which curved is not" },
    { TRAIN "--path cosine --steps 2 --out bent.st && "
            "rill sample --model bent.st --n 5 --out s.npy --guidance 2 --guide model.st",
      1, "has another path" },
    { TRAIN "--coupling ot --steps 2 --out pairs.st && "
            "rill sample --model pairs.st --n 5 --out s.npy --noise-level root",
      2, "the model was trained with --coupling" },
    { "rill train --data good.csv --x0 good.csv " SMALL "--steps 2 --out pairs.st && "
      "rill sample --model pairs.st --n 5 --out s.npy --noise-level root",
      2, "the model was trained with --x0" },
    { TRAIN "--objective cnf:1 --steps 2 --out cnf.st && "
            "rill sample --model cnf.st --n 5 --out s.npy --noise-level root",
      2, "the model was trained with --objective" },
    { TRAIN "--objective cnf:1 --steps 2 --out cnf.st && "
            "rill sample --model cnf.st --n 5 --out s.npy --scheduler cosine",
      2, "the model's objective, cnf:1, follows" },
    { TRAIN "--source circles --steps 2 --out from.st && "
            "rill sample --model from.st --n 5 --out s.npy --noise-level root",
      2, "not from circles" },
    { TRAIN "--normalize --steps 2 --out unit.st && "
            "rill sample --model unit.st --n 5 --out s.npy --guidance 2 --guide model.st",
      1, "another --normalize" },
#define FORGED(from, to)                                                                           \
    "sed 's/\"rill.\\(" from "\\)/\"rill." to "/' model.st > forged.st; "                          \
    "rill sample --model forged.st --n 5 --out s.npy"
    { FORGED("format\":\"1", "format\":\"2"), 1, "its format is 2" },
    { FORGED("hidden\":\"8", "hidden\":\"9"), 1, "net.hidden0.weight" },
    { FORGED("layers\":\"2", "layers\":\"3"), 1, "hidden2" },
    { FORGED("layers\":\"2", "layers\":\"x"), 1, "--layers takes a whole number" },
    { FORGED("layers\"", "layerz\""), 1, "its metadata has no rill.layers" },
    { FORGED("sample\":\"2", "sample\":\"3"), 1, "net.hidden0.weight" },
    { FORGED("sample\":\"2", "sample\":\"0"), 1, "its rill.sample is '0'" },
    { FORGED("sample\":\"2", "sample\":\"-"), 1, "its rill.sample is '-'" },
    { FORGED("vector\":\"0", "vector\":\"x"), 1, "its rill.vector is 'x'" },
    { FORGED("net\":\"mlp", "net\":\"xlp"), 1, "--net takes one of" },
    { FORGED("path\":\"linear", "path\":\"winter"), 1, "--path takes one of" },
    { FORGED("loss-sum\":\"0", "loss-sum\":\"x"), 1, "its rill.loss-sum is 'x'" },
    { TRAIN
      "--normalize --steps 2 --out unit.st && n=$(od -An -N8 -t u8 unit.st) && { head -c "
      "$((n + 24)) unit.st; head -c 16 /dev/zero; tail -c +$((n + 41)) unit.st; } > forged.st; "
      "rill sample --model forged.st --n 5 --out s.npy",
      1, "normalize.scale of column 0 is 0; expected more than 0" },
    { FORGED("done\":\"20", "done\":\"-9"), 1, "its rill.done is '-9'" },
    { "{ head -c -8 model.st; printf '\\377\\377\\377\\377'; tail -c 4 model.st; } > forged.st; "
      "rill sample --model forged.st --n 5 --out s.npy",
      1, "holds NaN or infinity" },
    { "rill loglik --model model.st --data good.csv", 2, "--out LOGP.npy is needed" },
    { LOGLIK "three.csv --out s.npy", 1, "has 3 numbers a row; a sample of the model has 2" },
    { LOGLIK "nan.csv --out s.npy", 1, "row 1, column 1" },
    { LOGLIK "none.npy --out s.npy", 1, "cannot read 'none.npy'" },
    { LOGLIK "good.csv --out s.csv", 1, "is .npy, not .csv" },
    { LOGLIK "good.csv --out no/such.npy", 1, "cannot write" },
    { LOGLIK "good.csv --out s.npy --divergence trace", 2,
      "--divergence takes one of exact, hutchinson, gaussian" },
    { LOGLIK "good.csv --out s.npy --solver rk4", 2, "rk4 chooses no steps: expected --steps" },
    { LOGLIK "good.csv --out s.npy --tol 1e-5 --steps 5", 2, "expected one of the two" },
    { LOGLIK "good.csv --out s.npy --tol 0", 2, "--tol takes a number from 1e-07 to 1" },
    { LOGLIK "good.csv --out s.npy --probes 3", 2, "--probes goes with --divergence hutchinson" },
    { LOGLIK "good.csv --out s.npy --errors e.npy", 2, "--errors goes with --divergence" },
    { LOGLIK "good.csv --out s.npy --divergence gaussian --probes 1 --errors e.npy", 2,
      "--errors needs two --probes" },
    { LOGLIK "good.csv --out s.npy --divergence gaussian --errors s.npy", 2, "are the same file" },
    { LOGLIK "good.csv --out s.npy --levels 1", 2, "--levels takes a whole number from 2" },
    { LOGLIK "good.csv --out s.npy --range 0,1", 2, "--range goes with --levels" },
    { LOGLIK "good.csv --out s.npy --levels 6", 1, "row 2, number 1 (counted from 0) is 6" },
    { LOGLIK "good.csv --out s.npy --levels 9 --range 0,9", 1, "is 1, which is not one of the 9" },
    { LOGLIK "good.csv --out s.npy --cond 1", 2, "without conditions" },
    { "rill loglik --model cond.st --data good.csv --out s.npy", 2, "--cond" },
    { "rill loglik --model cond.st --data good.csv --cond short.csv --out s.npy", 2, "has 2 rows" },
    { "rill loglik --model cut.st --data good.csv --out s.npy", 1, "cut.st" },
    { TRAIN "--steps 2 --source 8gaussians --out from.st && "
            "rill loglik --model from.st --data good.csv --out s.npy",
      1, "it starts from data" },
    { "rill loglik --model tokens.st --data good.csv --out s.npy", 1, "they jump" },
    { "rill velocity --model model.st --x good.csv --t 0 --out v.csv", 1, "is .npy, not .csv" },
    { "rill sample --model model.st --n 2 --out s.csv", 1, "is .npy, not .csv" },
    { "rill sample --model model.st --n 2 --out s.npy --trajectory t.csv", 1, "'t.csv': what is" },
    { "rill data moons --n 2 --out d.csv", 1, "'d.csv': what is written is .npy" },
    { "rill data moons --n 2 --out d.npy --labels l.csv", 1, "'l.csv': what is written is .npy" },
    { "ulimit -f 16; rill sample --model model.st --n 100000 --out s.npy", 1, "File too large" },
    { "rill velocity --model model.st --x good.csv --t 2 --out v.npy", 2, "expected 0 to 1" },
    { "rill velocity --model model.st --x good.csv --t short.csv --out v.npy", 1,
      "has 2 times; there are 3 points" },
    { "rill velocity --model model.st --x three.csv --t 0 --out v.npy", 1,
      "a sample of the model has 2" },
    { "rill compare good.csv", 2, "expected A.npy B.npy" },
    { "rill compare good.csv three.csv", 1, "has 2 numbers a row" },
    { "rill compare good.csv nan.csv", 1, "is nan" },
    { "rill compare good.csv good.csv --metric W3", 2, "did you mean W1?" },
    { "rill compare good.csv good.csv > /dev/full", 1, "cannot write to the standard output" },
    { "rill reflow", 2, "--model M is needed" },
    { "rill reflow --model model.st", 2, "--out MODEL.safetensors is needed" },
    { "rill reflow --model none.st --out a.st", 1, "cannot read 'none.st'" },
    { "rill reflow --model model.st --out a.st --data moons", 2, "there is no flag --data" },
    { "rill reflow --model model.st --out a.st --pairs 0", 2, "--pairs takes a whole number" },
    { "rill reflow --model model.st --out a.st --solver ruler", 2, "did you mean euler?" },
    { "rill reflow --model model.st --out a.st --stps 5", 2, "did you mean --steps?" },
    { "rill reflow --model model.st --out a.st --pairs 2147483648 --objective cnf", 2,
      "--objective cnf learns without pairs" },
    { "rill reflow --model model.st --out no/such/a.st", 1, "cannot write 'no/such/a-x0.npy'" },
    { "rill trajectory", 2, "expected T.npy" },
    { "rill trajectory none.npy", 1, "none.npy" },
    { "rill trajectory nan.csv", 1, "is nan" },
    { "rill trajectory good.csv --data three.csv", 1, "numbers" },
    { "rill data mons --n 5 --out x.npy", 2, "there is no data set 'mons'; did you mean moons?" },
    { "rill data moons --out x.npy", 2, "moons is endless" },
    { "rill data digits --n 1501 --out x.npy", 2, "digits has 1500 samples to train on" },
    { "rill data digits --held-out --n 298 --out x.npy", 2, "297 samples held out" },
    { "rill data checkerboard --n 5 --labels l.npy --out x.npy", 2, "has no labels" },
    { "rill data moons --n 5 --labels x.npy --out x.npy", 2, "the same file" },
    { "rill plot", 2, "expected KIND" },
    { "rill plot histogram good.csv --out p.png", 2, "there is no picture 'histogram'" },
    { "rill plot samples --out p.png", 2, "samples: expected files (.npy or .csv): [N,2]" },
    { "rill plot field --out p.png", 2, "or (t,x,v); or --model" },
    { "printf '1,2\\n' > rows.txt; rill plot samples rows.txt --out p.png", 1,
      "text needs a name in .csv" },
    { "rill plot samples good.csv", 2, "--out P.png|P.svg|P.pdf is needed" },
    { "rill plot samples --model model.st --out p.png", 2, "--model goes with field and density" },
    { "rill plot field good.csv --model model.st --out p.png", 2, "not both" },
    { "rill plot sample good.csv --out p.png", 2, "did you mean samples?" },
    { "rill plot loss good.csv --overlay --out p.png", 2, "--overlay goes with samples, not with" },
    { "rill plot samples good.csv --reference --out p.png", 2, "--reference goes with lines" },
    { "rill plot images good.csv --x-label t --out p.png", 2, "--x-label goes with samples" },
    { "rill plot samples good.csv --labels good.csv --out p.png", 2, "--labels goes with images" },
    { "rill plot density good.csv --steps 5 --out p.png", 2, "--steps goes with --model" },
    { "rill sample --model model.st --n 2 --out s.npy --logp s.npy", 2, "are the same file" },
    { "rill sample --model model.st --n 2 --out s.npy --logp p.csv", 1, "is .npy, not .csv" },
    { "rill sample --model model.st --n 2 --out s.npy --logp p.npy --noise-level root", 2,
      "--logp does not go with --noise-level" },
    { "rill sample --model model.st --n 2 --out s.npy --logp p.npy --trajectory t.npy", 2,
      "--logp does not go with --trajectory" },
    { "rill plot density good.csv --exact --out p.png", 2, "--exact goes with --model" },
    { "rill plot field --model model.st --exact --out p.png", 2, "--exact goes with density" },
    { "rill plot images good.csv --range 1 --out p.png", 2, "--range takes two numbers LOW,HIGH" },
    { "rill plot images good.csv --range 1,0 --out p.png", 2, "the first the less, not '1,0'" },
    { "rill plot images good.csv --range 0,inf --out p.png", 2, "not '0,inf'" },
    { "rill dot --part lose", 2, "did you mean loss?" },
    { "rill dot --model model.st --net mlp", 2, "--net and --model are both given" },
    { "rill dot --out no/g.dot", 1, "cannot write 'no/g.dot'" },
    { "rill ops matmull", 2, "there is no op 'matmull'; did you mean matmul?" },
    { "rill gradcheck nothing", 2, "there is no op or network 'nothing'" },
    { "rill info", 2, "expected MODEL" },
    { "rill info cut.st", 1, "'cut.st'" },
    { "rill demo good.csv/demo", 1, "cannot make the directory" },
    { "rill check-path", 2, "expected NAME or FORMULA" },
    { "rill check-path spiral", 2, "there is no path 'spiral'" },
    { "rill check-path lineer", 2, "did you mean linear?" },
    { "rill check-path linear cosine", 2, "'cosine' is one argument too many" },
    { "rill check-path linear --dim 0", 2, "--dim takes a whole number from 1 to 4096" },
    { "rill check-path power:0", 2, "power: n is a number from 1 to 100, not '0'" },
    { "rill check-path power:2,3", 2, "it takes 1 number, not '3'" },
    { "rill check-path linear:1", 2, "linear: it takes no numbers, not '1'" },
    { "rill check-path bridge:s=-1", 2, "bridge: s is a number from 0 to 1000" },
    { "rill check-path 't*x1'", 1, "'t*x1' is no path" },
    { "rill check-path 'x0/0 + t*x1'", 1, "is no path" },
    { "rill check-path 'cos(t'", 2, "'(' is never closed in\n  cos(t\n  ^" },
    { "rill check-path \"$(printf '(%.0s' $(seq 60000))\"", 2, "is missing" },
    { "rill check-path \"$(printf '%070000d' 1)*x0\"", 2, "at most 65536 characters" },
    { TRAIN "--out a.st --path ''", 2, "--path" },
    { TRAIN "--out a.st --path 't'", 2, "there is neither x0 nor x1" },
    { TRAIN "--out a.st --path 'x0 + x1'", 2, "at t = 0 the path is x0 + x1: x0 = " },
    { TRAIN "--out a.st --path '(1-t)*x0 + t^2*2*x1'", 2, "at t = 1 the path is 2 x1" },
    { TRAIN "--out a.st --path '(1-t)*x0 + t*xl'", 2, "unknown name 'xl' in\n  (1-t)*x0 + t*xl" },
    { TRAIN "--out a.st --path 'x0 x1'", 2, "an operator is missing before 'x1'" },
    { TRAIN "--out a.st --path 'matmul(x0, x1)'", 2, "matmul" },
    { TRAIN "--out a.st --path 'normal(x0)'", 2, "normal" },
    { TRAIN "--out a.st --path linear:3", 2, "linear: it takes no numbers" },
    { TRAIN "--out a.st --path curved --objective data", 2, "needs an affine path" },
    { TRAIN "--out a.st --path '(1-t)*x0 + t*x1' --objective noise", 2, "needs an affine path" },
    { TRAIN "--out a.st --time logit-normal:0,-1", 2, "--time logit-normal: sd is a number" },
    { TRAIN "--out a.st --dropout .1", 2, "--dropout leaves out conditions" },
    { "rill dot --path 'x0 +' --part path", 2, "a value is missing before the end" },
};

START_TEST(bad_use_is_refused_in_words)
{
    const struct refusal *r = &refusals[_i];
    unlink("a.st");
    unlink("s.npy");
    int status = shell("%s", r->line);
    const char *err = text_of("err");
    ck_assert_msg(status == r->status, "%s: exit status %d, expected %d: %s", r->line, status,
                  r->status, err);
    ck_assert_msg(strstr(err, r->says) != NULL, "%s: says %s expected: %s", r->line, err, r->says);
    ck_assert_msg(strncmp(err, "rill", 4) == 0, "%s: says %s", r->line, err);
    ck_assert_msg(access("a.st", F_OK) != 0 && access("s.npy", F_OK) != 0, "%s: left a file",
                  r->line);
    ck_assert_msg(shell("ls -A | grep -q '^\\.rill-'") != 0, "%s: left a temporary file", r->line);
}
END_TEST

/* ---- What works. */

START_TEST(help_is_there_for_everything)
{
    static const char *const commands[] = { "",           "data",      "train",      "sample",
                                            "velocity",   "compare",   "plot",       "dot",
                                            "ops",        "gradcheck", "info",       "demo",
                                            "check-path", "reflow",    "trajectory", "eval" };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        must(shell("rill %s --help", commands[i]));
        ck_assert_str_eq(text_of("err"), "");
        ck_assert_ptr_nonnull(strstr(text_of("out"), "rill"));
    }
    must(shell("rill train --help"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "--lr-schedule S"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "checkerboard"));
    must(shell("rill --version"));
    ck_assert(strncmp(text_of("out"), "rill ", 5) == 0);
}
END_TEST

START_TEST(a_reader_that_goes_away_is_no_failure)
{
    ck_assert_int_eq(shell("{ rill ops; echo $? >&2; } | true"), 0);
    ck_assert_str_eq(text_of("err"), "0\n");
}
END_TEST

START_TEST(train_sample_compare)
{
    must(shell(TRAIN
               "--steps 60 --out w.st --log w.csv && rill sample --model w.st --n 500 --out w.npy "
               "--trajectory w-way.npy --solver heun && rill data moons --n 500 --held-out --out "
               "w-data.npy"));
    must(shell("rill compare w.npy w-data.npy"));
    double w2, energy, mmd;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf energy %lf MMD %lf", &w2, &energy, &mmd), 3);
    ck_assert(w2 > 0 && w2 < 10 && energy > 0 && energy < 10 && mmd > 0 && mmd < 2);
    ck_assert(strncmp(text_of("w.csv"), "step,loss\n10,", 13) == 0);
    must(shell("rill compare w.npy w.npy"));
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert(w2 == 0.0);
    double speed, bend;
    must(shell("rill trajectory w-way.npy --data w-data.npy"));
    ck_assert_int_eq(sscanf(text_of("out"),
                            "squared-speed %lf straightness %lf W2 %lf path-energy %lf", &speed,
                            &bend, &w2, &energy),
                     4);
    ck_assert(bend > 0 && speed > bend);
    ck_assert_double_eq_tol(energy, fabs(speed / (w2 * w2) - 1), 1e-6); /* nine digits printed */
    must(shell("rill velocity --model w.st --x w.npy --t 0.5 --out w-v.npy && rill info w.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.done = 60"));
}
END_TEST

/* What a file says is 1 when `what` is in it. */
static int says(const char *path, const char *what)
{
    return strstr(text_of(path), what) != NULL;
}

START_TEST(a_formula_trains_as_the_path_that_it_writes)
{
    must(shell(TRAIN "--steps 30 --path '(1-t)*x0 + t*x1' --out f.st && " TRAIN
                     "--steps 30 --out l.st"));
    must(shell("rill sample --model f.st --n 20 --out f.npy && rill sample --model l.st --n 20 "
               "--out l.npy && rill compare f.npy l.npy"));
    double w2; /* one derives its velocity, the other has a closed form: a few roundings a step */
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert(w2 < 1e-3);
    must(shell("rill info f.st"));
    ck_assert(says("out", "rill.path = (1-t)*x0 + t*x1\n"));
    must(shell("rill dot --model f.st --part path"));
}
END_TEST

/* Pairs are made ahead, on as many threads as there are, and stay the same. */
START_TEST(couplings_do_not_depend_on_threads_nor_on_stops)
{
#define PAIRED TRAIN "--cond labels --coupling conditional-ot:5 --lr-schedule constant "
    must(shell(PAIRED "--steps 40 --threads 1 --out p1.st && " PAIRED
                      "--steps 40 --threads 3 --out p3.st && " PAIRED
                      "--steps 15 --threads 2 --out p2.st && "
                      "rill train --resume p2.st --steps 40 --threads 4 --quiet"));
    must(shell("for m in 1 2 3; do rill sample --model p$m.st --cond 1 --n 9 --out p$m.npy; done"));
    expect_same("p1.npy", "p2.npy");
    expect_same("p1.npy", "p3.npy");
    must(shell(TRAIN "--coupling ot --steps 5 --out o.st && " TRAIN "--steps 5 --out i.st"));
    ck_assert_int_ne(shell("cmp o.st i.st"), 0);
}
END_TEST

START_TEST(check_path_tells_what_a_path_is)
{
    must(shell("rill check-path 'cos(pi*t/2)*x0 + sin(pi*t/2)*x1'"));
    ck_assert(says("out", "affine yes") && says("out", "finite yes") &&
              says("out", "verdict a path\n"));
    must(shell("rill check-path '(1-t)*x0 + sqrt(t)*x1'"));
    ck_assert(says("out", "singular 0, where the velocity grows as t^-0.5"));
    must(shell("rill check-path '(1-t)^.3*x0 + t*x1'"));
    ck_assert(says("out", "singular 1, where the velocity grows as (1-t)^-0.7"));
    must(shell("rill check-path linear-vp"));
    ck_assert(says("out", "singular 1, where the velocity grows as (1-t)^-0.5\n"));
    must(shell("rill check-path curved"));
    ck_assert(says("out", "affine no"));
    must(shell("rill check-path bridge:.5"));
    ck_assert(says("out", "random normal about it, sd 0 at t = 0, 0.25 at 0.5, 0 at 1"));
    must(shell("rill check-path vp"));
    ck_assert(says("out", "alpha(0) 0.00657159") && says("out", "verdict a path, which by") &&
              says("out", "(1-t)^-0.5\n"));
    must(shell("rill check-path --functions"));
    ck_assert(says("out", "tanh(a)") && !says("out", "matmul("));
}
END_TEST

/* Of each objective a model alone is enough to sample in one step, whatever the solver. */
START_TEST(every_objective_trains_and_samples)
{
    const rill_objective *objective;
    for (int i = 0; (objective = rill_objective_at(i)); i++) {
        const char *path = objective->needs & RILL_NEEDS_NOISE ? "bridge" : "linear";
        must(shell(TRAIN "--objective %s --path %s --steps 30 --out o.st && rill sample --model "
                         "o.st --n 50 --steps 1 --out a.npy && rill sample --model o.st --n 50 "
                         "--solver heun --steps 2 --out b.npy",
                   objective->name, path));
        must(shell("rill train --help | grep -qw '^ *%s'", objective->name));
        ck_assert_msg(shell("cmp a.npy b.npy") == 1, "%s", objective->name);
    }
}
END_TEST

/* Guided, on another scheduler and in log p alike: one step goes by the mean, or is refused. */
START_TEST(mean_velocities_step_where_they_are_known)
{
    static const char one[] = "rill sample --model mean.st --n 40 --steps 1";
    must(shell(TRAIN "--objective meanflow --steps 30 --out mean.st && %s --out a.npy && "
                     "%s --guidance 1 --guide mean.st --out b.npy && cmp a.npy b.npy",
               one, one));
    must(shell("%s --scheduler cosine --out b.npy && rill compare a.npy b.npy", one));
    double w2;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert_msg(w2 < 1e-4, "%g", w2); /* f32 */
    ck_assert_int_eq(shell("%s --guidance 1 --guide model.st --out b.npy", one), 1);
    ck_assert(says("err", "--guide 'model.st' has no mean velocities, by which the model steps"));
    ck_assert_int_eq(shell("%s --logp p.npy --out b.npy", one), 1);
    ck_assert(says("err", "log p goes by the velocity, but steps of this solver by its mean"));
    must(shell("%s --solver heun --logp p.npy --out b.npy", one));
}
END_TEST

START_TEST(one_euler_step_is_noise_plus_velocity)
{
    must(shell("rill sample --model model.st --x0 good.csv --steps 1 --out e.npy && "
               "rill velocity --model model.st --x good.csv --t 0 --out e-v.npy"));
    static float x[3][2], v[3][2];
    static const float x0[3][2] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
    FILE *a = fopen("e.npy", "rb"), *b = fopen("e-v.npy", "rb");
    ck_assert(a && b && !fseek(a, 128, SEEK_SET) && !fseek(b, 128, SEEK_SET));
    ck_assert(fread(x, sizeof x, 1, a) == 1 && fread(v, sizeof v, 1, b) == 1);
    fclose(a);
    fclose(b);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++) /* a rounding of each of two operations */
            ck_assert_double_eq_tol((double)x[i][j], (double)(x0[i][j] + v[i][j]), 2e-6);
}
END_TEST

START_TEST(labels_and_vectors_condition)
{
    must(shell("rill sample --model cond.st --cond 3 --n 4 --out c3.npy && printf "
               "'3\\n3\\n3\\n3\\n' > c.csv"
               " && rill sample --model cond.st --cond c.csv --out c-file.npy"));
    expect_same("c3.npy", "c-file.npy");
    must(shell("rill sample --model cond.st --cond 4 --n 4 --out c4.npy"));
    ck_assert_int_ne(shell("cmp c3.npy c4.npy"), 0);
    must(shell("rill train --data good.csv --cond three.csv " SMALL "--steps 3 --out v.st && "
               "rill sample --model v.st --cond three.csv --out v.npy"));
}
END_TEST

/* Weight 1 and level 0 are the model as it is; a scheduler is another way to the same samples. */
START_TEST(samples_are_steered)
{
    must(shell("rill train --data 8gaussians --cond labels --dropout .5 " SMALL
               "--steps 20 --out drop.st && "
               "rill sample --model drop.st --cond 3 --n 9 --out g.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 1 --out g1.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --noise-level root:0 --out n0.npy"));
    expect_same("g.npy", "g1.npy");
    expect_same("g.npy", "n0.npy");
    must(shell("rill sample --model drop.st --cond 3 --n 9 --guidance 3 --out g3.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 3,.2,.8 --out g3i.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 3 --guide cond.st "
               "--out gg.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --noise-level constant:.5 --out n.npy"));
    ck_assert_int_ne(shell("cmp g.npy g3.npy"), 0);
    ck_assert_int_ne(shell("cmp g3.npy g3i.npy"), 0);
    ck_assert_int_ne(shell("cmp g3.npy gg.npy"), 0);
    ck_assert_int_ne(shell("cmp g.npy n.npy"), 0);
    /* As many steps as make either exact to 1e-2, from the same noise. */
    must(shell("rill sample --model model.st --n 200 --solver rk4 --steps 40 --out a.npy && "
               "rill sample --model model.st --n 200 --solver rk4 --steps 40 --scheduler cosine "
               "--out b.npy && rill compare a.npy b.npy | awk '$1 == \"W2\" { exit $2 > .01 }'"));
}
END_TEST

/* Data of mean 1000 and spread 2: without the transform nothing could be learned in 400 steps. */
START_TEST(normalized_models_sample_in_the_units_of_the_data)
{
    must(shell("awk 'BEGIN { for (i = 0; i < 200; i++) print 1000 + 2 * (i %% 2) }' > far.csv && "
               "rill train --data far.csv --normalize --steps 400 --lr .01 " SMALL
               "--out far.st && "
               "rill sample --model far.st --n 200 --steps 20 --out far.npy && "
               "rill compare far.csv far.npy"));
    double w1;
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_lt(w1, 1.0);
}
END_TEST

/* n numbers of a .npy of f8, whose header has 128 bytes. */
static void read_doubles(const char *path, double *x, size_t n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "no file %s", path);
    ck_assert_int_eq(fseek(file, 128, SEEK_SET), 0);
    ck_assert_msg(fread(x, sizeof *x, n, file) == n, "%s is shorter than %zu numbers", path, n);
    fclose(file);
}

/* The density of a model is one of the data's units: over a grid its integral is 1; and so is the
 * sum of the probabilities of levels, of which noise picks one place each. */
START_TEST(log_p_is_that_of_the_data_in_its_units)
{
    static double log_p[1001];
    must(
        shell("awk 'BEGIN { for (i = 0; i < 500; i++) print 1000 + 20 * sin(i * i) }' > sine.csv; "
              "awk 'BEGIN { for (i = 0; i < 1001; i++) print 900 + i / 5 }' > grid.csv; "
              "rill train --data sine.csv --normalize --steps 200 --lr .01 " SMALL
              "--out sine.st && rill loglik --model sine.st --data grid.csv --out p.npy > p.txt && "
              "rill loglik --model sine.st --data grid.csv --levels 1001 --range 900,1100 "
              "--out levels.npy"));
    double integral = 0, sum = 0, mean = 0, nats, bits;
    read_doubles("p.npy", log_p, 1001);
    for (int i = 0; i < 1001; i++)
        integral += .2 * exp(log_p[i]);
    ck_assert_double_eq_tol(integral, 1, 1e-3); /* f32, and 50 steps */
    read_doubles("levels.npy", log_p, 1001);
    for (int i = 0; i < 1001; i++)
        sum += exp(log_p[i]), mean += log_p[i] / 1001;
    ck_assert_double_eq_tol(sum, 1, 1e-2); /* places within a step, some hundreds that count */
    const char *said = text_of("out"), *last = strstr(said, "bits_per_dimension ");
    ck_assert_int_eq(sscanf(said, "nats %lf", &nats), 1);
    ck_assert(last && sscanf(last, "bits_per_dimension %lf", &bits) == 1);
    ck_assert_double_eq_tol(nats, mean, 1e-6);
    ck_assert_double_eq_tol(bits, -mean / log(2), 1e-6);
}
END_TEST

/* The same samples, and what rill loglik says of them. */
START_TEST(samples_may_bring_their_log_p)
{
    double with[40], after[40];
    must(shell("rill sample --model sine.st --n 40 --steps 50 --solver rk4 --out a.npy && "
               "rill sample --model sine.st --n 40 --steps 50 --solver rk4 --out b.npy "
               "--logp with.npy && rill compare a.npy b.npy"));
    double w1;
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_le(w1, 1e-3); /* roundings of numbers around 1000 in f32 */
    must(shell("rill loglik --model sine.st --data b.npy --out after.npy"));
    read_doubles("with.npy", with, 40);
    read_doubles("after.npy", after, 40);
    for (int i = 0; i < 40; i++)
        ck_assert_double_eq_tol(with[i], after[i], 1e-2); /* the samples were rounded: 6e-5 */
}
END_TEST

/* What a random path taught starts from noise like any other: its density is that of samples. */
START_TEST(a_random_path_leaves_a_density)
{
    double with[40], after[40], nats, nll;
    must(shell(TRAIN "--path tube:.5 --steps 300 --out tube.st && "
                     "rill sample --model tube.st --n 40 --steps 50 --solver rk4 --out tube.npy "
                     "--logp with.npy && "
                     "rill loglik --model tube.st --data tube.npy --out after.npy"));
    ck_assert_int_eq(sscanf(text_of("out"), "nats %lf", &nats), 1);
    read_doubles("with.npy", with, 40);
    read_doubles("after.npy", after, 40);
    for (int i = 0; i < 40; i++)
        ck_assert_double_eq_tol(with[i], after[i], 1e-3); /* --tol 1e-5, and roundings of f32 */
    must(shell("rill eval --model tube.st --metric NLL --n 100"));
    ck_assert_int_eq(sscanf(text_of("out"), "NLL %lf", &nll), 1);
    ck_assert(isfinite(nll));
}
END_TEST

START_TEST(a_density_is_drawn_exactly)
{
    int status =
        shell("rill plot density --model model.st --exact --bins 12 --steps 5 --out x.svg");
    ck_assert(status == 0 || strstr(text_of("err"), "without cairo"));
    must(shell(TRAIN "--steps 2 --source 8gaussians --out from.st"));
    ck_assert_int_eq(shell("rill plot density --model from.st --exact --out x.svg"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "it starts from data"));
}
END_TEST

START_TEST(log_p_by_probes_has_an_error)
{
    double exact[50], by_probes[50], error[50];
    must(shell("rill loglik --help"));
    must(shell("rill loglik --model model.st --data full.npy --steps 20 --out exact.npy && "
               "rill loglik --model model.st --data full.npy --steps 20 --out probes.npy "
               "--divergence hutchinson --probes 32 --errors errors.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "\nprobe_error "));
    read_doubles("exact.npy", exact, 50);
    read_doubles("probes.npy", by_probes, 50);
    read_doubles("errors.npy", error, 50);
    double far = 0, apart = 0;
    for (int i = 0; i < 50; i++) {
        far = fmax(far, fabs(by_probes[i] - exact[i]) / error[i]);
        apart += fabs(by_probes[i] - exact[i]);
    }
    ck_assert_double_lt(far, 5); /* one in fifty has 3 by chance, and 32 have tails */
    ck_assert_double_gt(apart, 0);
    must(shell("rill loglik --model cond.st --data full.npy --cond 3 --out c3.npy && "
               "rill loglik --model cond.st --data full.npy --cond 4 --out c4.npy"));
    ck_assert_int_ne(shell("cmp c3.npy c4.npy"), 0);
}
END_TEST

START_TEST(samples_may_start_from_data)
{
    must(shell("rill train --data moons --source 8gaussians " SMALL "--steps 5 --out src.st && "
               "rill sample --model src.st --n 100 --out src.npy && "
               "rill sample --model src.st --n 10 --out src-10.npy"));
    must(shell("tail -c +129 src.npy | head -c 80 > src-a; tail -c +129 src-10.npy | cmp - src-a"));
}
END_TEST

START_TEST(flows_may_learn_by_likelihood)
{
    must(shell(
        TRAIN
        "--cond labels --normalize --objective cnf:3 --lr .01 --steps 200 --out like.st --log "
        "like.csv && rill sample --model like.st --cond 1 --n 5 --out like.npy"));
    double first, second;
    must(shell("sed -n '2p;$p' like.csv"));
    ck_assert_int_eq(sscanf(text_of("out"), "10,%lf 200,%lf", &first, &second), 2);
    /* What noise is to data of variance 1, 2.84 nats, and what shape takes off that. */
    ck_assert(first > 2.3 && first < 3.3 && second < first - .3);
}
END_TEST

/* Where every row starts from itself there is nothing to learn; of rows paired otherwise no field
 * can tell more than the half. */
START_TEST(pairs_stay_together)
{
#define PAIRS "rill train --data pairs.npy --seed 3 --lr .01 --steps 400 " SMALL
    must(shell("rill data 8gaussians --n 300 --out pairs.npy --labels pair-labels.npy && " PAIRS
               "--x0 pairs.npy --cond pair-labels.npy --out p.st --log p.csv && " PAIRS
               "--source pairs.npy --out q.st --log q.csv"));
    must(shell("tail -n 1 p.csv; tail -n 1 q.csv"));
    double paired, apart;
    ck_assert_int_eq(sscanf(text_of("out"), "400,%lf 400,%lf", &paired, &apart), 2);
    ck_assert_double_lt(paired, .02);
    ck_assert_double_gt(apart, .5);
}
END_TEST

/* Three rows of two tokens, learned by heart, with every source and loss. */
START_TEST(tokens_are_learned_and_sampled)
{
    static const char *const ways[] = { "--source mask", "--source uniform --kappa power:2",
                                        "--source mask --loss generalised-kl --kappa cosine" };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        must(shell("rill train --data good.csv --vocab 8 %s --hidden 32 --layers 2 --batch 128 "
                   "--seed 1 --lr .01 --steps 500 --quiet --out t.st && "
                   "rill sample --model t.st --n 1000 --steps 40 --out t.npy",
                   ways[i]));
        must(shell(
            "tail -c 8000 t.npy | od -v -An -t d4 -w8 | sort | uniq -c | sort -rn | head -3"));
        int count[3], x[3][2], learned = 0;
        ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d %d %d %d %d %d %d", &count[0], &x[0][0],
                                &x[0][1], &count[1], &x[1][0], &x[1][1], &count[2], &x[2][0],
                                &x[2][1]),
                         9);
        for (int k = 0; k < 3; k++) {
            ck_assert_int_eq(x[k][1], x[k][0] + 1); /* 1,2 and 3,4 and 5,6 */
            learned += count[k];
        }
        ck_assert_int_ge(learned, 900); /* both tokens jump in one step of 40 a few times */
    }
    must(shell("head -c 128 t.npy | tail -c 118"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "'descr': '<i4'"));
    must(shell("rill info t.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.vocab = 8"));
    ck_assert_ptr_null(strstr(text_of("out"), "rill.path"));
}
END_TEST

/* Points of a sphere; the tolerance is a few units of rounding of f32. */
START_TEST(points_on_a_sphere_are_learned_and_sampled)
{
    static float x[3 * 500];
    must(shell("printf '1,0,0\n0,1,0\n0,0.6,0.8\n' > ball.csv; "
               "printf '1,0,0\n0,1.001,0\n' > off.csv; "
               "rill train --data ball.csv --manifold sphere --hidden 32 --layers 2 --batch 128 "
               "--lr .01 --steps 300 --quiet --out ball.st && "
               "rill sample --model ball.st --n 500 --steps 20 --solver heun --out ball.npy && "
               "tail -c 6000 ball.npy > ball.raw && rill info ball.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.manifold = sphere"));
    FILE *file = fopen("ball.raw", "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(x, sizeof *x, 1500, file), 1500);
    fclose(file);
    int near = 0;
    for (int i = 0; i < 500; i++) {
        double a = (double)x[3 * i], b = (double)x[3 * i + 1], c = (double)x[3 * i + 2];
        ck_assert_double_eq_tol(sqrt(a * a + b * b + c * c), 1, 1e-6);
        near += a > .9 || b > .9 || .6 * b + .8 * c > .9;
    }
    ck_assert_int_ge(near, 400);
    ck_assert_int_eq(shell("rill train --data off.csv --manifold sphere --out a.st"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "row 1 (counted from 0)"));
    ck_assert_int_eq(shell("rill eval --model ball.st"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "a model over a manifold"));
    ck_assert_int_eq(shell("rill sample --model ball.st --n 2 --solver dopri5 --tol 1e-4 "
                           "--out ball2.npy"),
                     2);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "--tol is of models over points"));
    ck_assert_int_eq(shell("rill sample --model ball.st --x0 off.csv --out ball2.npy"), 1);
}
END_TEST

START_TEST(tokens_have_conditions_starts_and_known_places)
{
    must(shell("printf '0\\n1\\n1\\n' > three-labels.csv; printf '3,-1\\n-1,2\\n' > known.csv; "
               "printf '8,8\\n8,8\\n' > masks.csv; " TOKENS
               "--vocab 8 --cond three-labels.csv --lr .01 --steps 600 --out tc.st && "
               "rill sample --model tc.st --cond 0 --n 200 --steps 50 --out c.npy && "
               "tail -c 1600 c.npy | od -v -An -t d4 -w8 | sort | uniq -c | sort -rn | head -1"));
    int count, x, y;
    ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d", &count, &x, &y), 3);
    ck_assert_msg(count > 150 && x == 1 && y == 2, "%d times %d,%d", count, x, y);
    must(shell("rill sample --model tokens.st --fixed known.csv --x0 masks.csv --correctors 2 "
               "--trajectory k-way.npy --out k.npy && tail -c 16 k.npy | od -v -An -t d4 -w16 && "
               "tail -c 176 k-way.npy | od -v -An -t d4 -w16"));
    int a, b, c, d, first[4];
    ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d %d %d %d %d %d", &a, &b, &c, &d, &first[0],
                            &first[1], &first[2], &first[3]),
                     8);
    ck_assert(a == 3 && d == 2 && b >= 0 && b < 8 && c >= 0 && c < 8);
    ck_assert(first[0] == 3 && first[1] == 8 && first[2] == 8 && first[3] == 2);
}
END_TEST

START_TEST(tokens_resume_draw_and_do_not_depend_on_how_many)
{
    must(shell(TOKENS "--vocab 8 --steps 40 --out t-one.st && " TOKENS
                      "--vocab 8 --steps 40 --save-every 20 --threads 1 --out t-two.st"));
    expect_same("t-one.st", "t-two.st");
    must(shell("rill sample --model t-one.st --n 3000 --correctors 1 --threads 2 --out t-a.npy && "
               "rill sample --model t-one.st --n 100 --correctors 1 --threads 1 --out t-b.npy && "
               "tail -c 24000 t-a.npy | head -c 800 > t-a && tail -c 800 t-b.npy > t-b"));
    expect_same("t-a", "t-b");
    must(shell("for part in loss path velocity gradient step sampler; do "
               "rill dot --model tokens.st --part $part --out t.dot && "
               "rill dot --model tokens.st --part $part --compiled --out t.dot || exit 1; done"));
}
END_TEST

START_TEST(reflow_learns_from_what_the_model_makes)
{
    must(shell("rill train --data moons --cond labels --normalize --steps 300 --out bent.st " SMALL
               "&& rill reflow --model bent.st --out straight.st --pairs 500 --steps 300 --lr .01 "
               "--batch 64 --quiet --log straight.csv"));
    must(shell("rill sample --model bent.st --solver rk4 --steps 25 --x0 straight-x0.npy "
               "--cond straight-cond.npy --out again.npy && "
               "rill compare again.npy straight-x1.npy --metric W2"));
    double w2, last;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert_double_lt(w2, 1e-5);
    must(shell("tail -n 1 straight.csv"));
    ck_assert_int_eq(sscanf(text_of("out"), "300,%lf", &last), 1);
    ck_assert_double_lt(last, .2); /* of the bent one: 1 and more */
    must(shell("rill info straight.st | grep -E 'hidden|normalize|cond|x0'"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "straight-x0.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "straight-cond.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "normalize"));
    must(shell("rill train --resume straight.st --steps 320 --quiet && "
               "rill sample --model straight.st --cond 1 --n 5 --steps 1 --out one.npy"));
}
END_TEST

START_TEST(first_and_last_loss_are_said)
{
    must(shell("rill train --data moons --hidden 8 --layers 2 --batch 16 --steps 3 --out f.st"));
    double first = -1.0, last = -1.0, seconds = -1.0;
    int end = 0;
    ck_assert_int_eq(sscanf(text_of("err"), "step 1/3 loss %lf\nstep 3/3 loss %lf after %lf s\n%n",
                            &first, &last, &seconds, &end),
                     3);
    ck_assert_double_gt(first, 0.0);
    ck_assert_double_gt(last, 0.0);
    ck_assert_double_ge(seconds, 0.0);
    ck_assert_int_eq(text_of("err")[end], '\0');
    must(shell("rill train --data moons " SMALL "--steps 3 --out f.st"));
    ck_assert_str_eq(text_of("err"), "");
}
END_TEST

/* Events of a thread nest, and none is of negative length. */
#define CHECK_TRACE                                                                                \
    "python3 -c \"import json\n"                                                                   \
    "events = json.load(open('where.json'))['traceEvents']\n"                                      \
    "spans = [e for e in events if e['ph'] == 'X']\n"                                              \
    "assert sum(e['name'] == 'run' for e in spans) == 16\n"                                        \
    "assert {e['tid'] for e in spans} <= {0, 1}\n"                                                 \
    "for t in (0, 1):\n"                                                                           \
    "    open_until = []\n"                                                                        \
    "    for e in sorted((e for e in spans if e['tid'] == t), key=lambda e: (e['ts'], "            \
    "-e['dur'])):\n"                                                                               \
    "        assert e['dur'] >= 0 and e['ts'] >= 0\n"                                              \
    "        end = e['ts'] + e['dur']\n"                                                           \
    "        while open_until and open_until[-1] <= e['ts'] + .0015: open_until.pop()\n"           \
    "        assert not open_until or end <= open_until[-1] + .0015\n"                             \
    "        open_until.append(end)\n\""

START_TEST(a_profile_is_a_table_a_trace_and_a_drawing)
{
    must(shell(TRAIN "--out watched.st --steps 30 --threads 2 --profile where && " TRAIN
                     "--out alone.st --steps 30 --threads 2"));
    expect_same("watched.st", "alone.st");
    must(shell(TRAIN "--out watched.st --steps 30 --threads 2 --profile where"));
    const char *table = text_of("out");
    ck_assert_ptr_nonnull(strstr(table, "limit  step"));
    ck_assert_ptr_nonnull(strstr(table, "29 runs of"));
    ck_assert_ptr_nonnull(strstr(table, "on 2 threads"));
    must(shell("grep -q '^digraph' where.dot && grep -q 'hidden1' where.dot"));
    must(shell(CHECK_TRACE));
    must(shell(TRAIN "--out watched.st --steps 1 --profile where"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "nothing to profile"));
}
END_TEST

/* ---- The same bytes. */

START_TEST(threads_change_no_byte)
{
    for (int t = 1; t <= 3; t++)
        must(shell(
            "rill train --data digits --cond labels --hidden 40 --layers 2 --batch 200 --quiet "
            "--steps 6 --threads %d --out t%d.st && "
            "rill sample --model t%d.st --cond 7 --n 300 --threads %d --out t%d.npy",
            t, t, t, t, t));
    expect_same("t1.st", "t2.st");
    expect_same("t1.st", "t3.st");
    expect_same("t1.npy", "t2.npy");
    expect_same("t1.npy", "t3.npy");
}
END_TEST

START_TEST(samples_do_not_depend_on_how_many)
{
    must(shell("rill sample --model model.st --n 1000 --out n1000.npy && "
               "rill sample --model model.st --n 100 --out n100.npy"));
    /* numpy's header is 128 bytes; 100 samples are 800. */
    must(shell("tail -c +129 n1000.npy | head -c 800 > n-a; tail -c +129 n100.npy | cmp - n-a"));
    must(shell("rill sample --model model.st --n 9000 --out n9000.npy && "
               "tail -c +129 n9000.npy | head -c 8000 > n-b; tail -c +129 n1000.npy | cmp - n-b"));
}
END_TEST

/* Names and lists of the same times are the same bytes; evaluations are those of the steps. */
START_TEST(grids_are_what_they_say)
{
    must(shell("rill sample --model model.st --n 50 --steps 4 --solver heun --out g-a.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "a sample took 8 evaluations"));
    must(shell(
        "g() { rill sample --model model.st --n 50 --solver heun \"$@\"; }; "
        "printf '0\\n.25\\n.5\\n.75\\n1\\n' > times.csv && "
        "g --grid 0,.25,.5,.75,1 --out g-b.npy && g --grid times.csv --out g-c.npy && "
        "g --steps 4 --grid shifted:1 --out g-d.npy && "
        "g --grid 0,.1,.25,.5,1 --out g-e.npy && g --steps 4 --grid shifted:3 --out g-f.npy && "
        "! cmp -s g-a.npy g-f.npy"));
    expect_same("g-a.npy", "g-b.npy");
    expect_same("g-a.npy", "g-c.npy");
    expect_same("g-a.npy", "g-d.npy");
    must(shell("rill sample --model model.st --n 50 --solver heun --out g-g.npy "
               "--grid 0,.1,.25,.5,1 && cmp g-e.npy g-g.npy"));
}
END_TEST

/* A sample has steps of its own: neither its neighbours nor the times that are kept change it. */
START_TEST(chosen_steps_are_of_each_sample)
{
    must(shell("s() { rill sample --model model.st --solver dopri5 --tol 1e-4 \"$@\"; }; "
               "s --n 1500 --out a-all.npy && s --n 100 --out a-few.npy && "
               "s --n 100 --steps 7 --trajectory a-ways.npy --out a-kept.npy && "
               "tail -c +129 a-all.npy | head -c 800 > a-1; tail -c +129 a-few.npy | cmp - a-1"));
    expect_same("a-few.npy", "a-kept.npy");
    /* 8 times of 100 samples, of which the last are the samples (a header of 128 bytes). */
    must(shell("tail -c 800 a-ways.npy > a-2 && tail -c 800 a-kept.npy | cmp - a-2 && "
               "test $(wc -c < a-ways.npy) = $((128 + 8 * 800))"));
}
END_TEST

/* To the noise and to the samples again, in units of data that are far from the network's. */
START_TEST(backward_undoes_sampling)
{
    double w1;
    must(shell(
        "b() { rill sample --model unit.st --solver tsit5 --tol 1e-6 \"$@\"; }; "
        "awk 'BEGIN { for (i = 0; i < 200; i++) print 1000 + 20 * sin(i * i) }' > unit.csv && "
        "rill train --data unit.csv --normalize --steps 200 " SMALL "--out unit.st && "
        "b --n 300 --out b-1.npy && b --x0 b-1.npy --backward --out b-0.npy && "
        "b --x0 b-0.npy --out b-2.npy && rill compare b-1.npy b-2.npy"));
    /* Two ways with errors of 1e-6 in the network's units, of which one is about 14 of the data's;
     * f4 has 6e-5 at 1000. */
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_lt(w1, 1e-3);
}
END_TEST

/* With a constant rate a shorter run is the beginning of a longer one. */
START_TEST(resuming_is_not_stopping)
{
#define RUN TRAIN "--lr-schedule constant "
    must(shell(RUN "--steps 40 --out r40.st --log r40.csv && " RUN
                   "--steps 23 --out r.st --log r.csv && "
                   "rill sample --model r.st --n 10 --out r.npy && "
                   "rill train --resume r.st --steps 40 --log r.csv --quiet"));
    expect_same("r40.st", "r.st");
    expect_same("r40.csv", "r.csv");
}
END_TEST

/* Stopped by a signal somewhere between checkpoints, in a run whose rate falls over all steps. */
#define LONG TRAIN "--steps 3000 --log %s.csv --out %s.st "
#define STOP(signal)                                                                               \
    "--save-every 40 & pid=$!; "                                                                   \
    "while [ ! -s k.st ] && kill -0 $pid; do sleep .01; done; kill -" signal " $pid; wait $pid"

static const char *run_long(const char *name)
{
    static char line[400];
    snprintf(line, sizeof line, LONG, name, name);
    return line +
           strlen("rill "); /* the program itself is to get the signal, not a shell around it */
}

static int stop_by(const char *signal)
{
    char script[1024];
    snprintf(script, sizeof script, "rm -f k.st k.csv; \"$RILL_COMMAND\" %s" STOP("%s"),
             run_long("k"), signal);
    return shell("%s", script);
}

static void resume_and_compare(void)
{
    must(shell("\"$RILL_COMMAND\" %s", run_long("whole")));
    must(shell("rill train --resume k.st --log k.csv --quiet"));
    expect_same("whole.st", "k.st");
    expect_same("whole.csv", "k.csv");
}

/* Many rows, and many steps of a few: whoever finished a chunk first would take longer than the
 * test may. */
START_TEST(interrupted_sampling_leaves_nothing)
{
    static const char *const long_ones[] = {
        "sample --model model.st --n 50000000 --steps 20",
        "sample --model model.st --n 8192 --steps 1000000",
        "sample --model model.st --n 8192 --steps 1000000 --logp p.npy",
        "sample --model tokens.st --n 8192 --steps 100000",
        "reflow --model model.st --pairs 8192 --pair-steps 100000",
    };
    int status = shell("\"$RILL_COMMAND\" %s --out big.npy & "
                       "pid=$!; while ! ls -A | grep -q '^\\.rill-'; do sleep .01; done; "
                       "kill -INT $pid; wait $pid",
                       long_ones[_i]);
    ck_assert_int_eq(status, 130);
    ck_assert_int_ne(shell("ls -A | grep -e '^\\.rill-' -e big.npy"), 0);
}
END_TEST

START_TEST(killed_training_goes_on_from_its_checkpoint)
{
    stop_by("KILL");
    resume_and_compare();
}
END_TEST

START_TEST(interrupted_training_saves)
{
    static const char *const signals[] = { "INT", "TERM" };
    int status = stop_by(signals[_i]);
    if (status != 0) { /* 0: it had finished before */
        ck_assert_int_eq(status, 130);
        ck_assert_ptr_nonnull(strstr(text_of("err"), "--resume k.st goes on"));
    }
    resume_and_compare();
}
END_TEST

/* Files that are opened when a standard stream is closed do not take its place. */
START_TEST(messages_go_to_no_file)
{
    char script[1024];
    snprintf(script, sizeof script,
             "rm -f k.st k.csv; exec 2>&-; \"$RILL_COMMAND\" %s" STOP("INT") "; cat k.csv",
             run_long("k"));
    must(shell("%s", script));
    ck_assert_ptr_null(strstr(text_of("out"), "rill"));
}
END_TEST

/* A rate so absurd that weights overflow; the checkpoint before that stays as it was. */
START_TEST(training_stops_at_what_is_not_finite)
{
    must(shell(TRAIN
               "--lr-schedule constant --lr 1e30 --steps 1 --out bad.st && cp bad.st before.st"));
    ck_assert_int_eq(shell("rill train --resume bad.st --steps 50 --quiet"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "step 2: "));
    expect_same("bad.st", "before.st");
}
END_TEST

START_TEST(samples_that_overflow_are_refused)
{
    must(shell(TRAIN "--lr-schedule constant --lr 1e30 --ema 0 --steps 1 --out bad.st"));
    ck_assert_int_eq(shell("rill sample --model bad.st --n 5 --out s.npy"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "sample 0 (counted from 0) came out as "));
    ck_assert_int_eq(shell("rill velocity --model bad.st --x good.csv --t 0.5 --out s.npy"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "velocity 0 (counted from 0) came out as "));
    ck_assert_int_ne(access("s.npy", F_OK), 0);
}
END_TEST

START_TEST(drawings_are_the_same_every_time)
{
    static const char *const parts[] = {
        "path", "velocity", "loss", "gradient", "step", "sampler"
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        must(shell("rill dot --part %s > d1.dot && rill dot --part %s --out d2.dot", parts[i],
                   parts[i]));
        expect_same("d1.dot", "d2.dot");
        must(shell(
            "rill dot --model cond.st --part %s --zoom > d3.dot && rill dot --compiled --part %s",
            parts[i], parts[i]));
        ck_assert(strncmp(text_of("d3.dot"), "digraph", 7) == 0);
    }
}
END_TEST

START_TEST(ops_and_checks_are_listed)
{
    must(shell("rill ops mul"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "da = mul("));
    must(shell("rill ops | grep -q '^matmul '"));
    must(shell("rill gradcheck tanh && rill gradcheck mlp"));
}
END_TEST

/* ---- */

static void make_files(void)
{
    int status = shell(
        "printf '1,2\\n3,4\\n5,6\\n' > good.csv; printf '1,2,3\\n4,5,6\\n7,8,9\\n' > three.csv; "
        "printf '1,2\\n3,nan\\n' > nan.csv; printf 'inf,2\\n3,4\\n' > inf.csv; "
        "printf '1,2\\n3\\n' > ragged.csv; printf 'a,b\\nc,d\\n' > words.csv; : > empty.csv; "
        ": > empty.npy; printf '0\\n1\\n' > short.csv; printf '0\\n-1\\n1\\n' > negative.csv; "
        "rill data moons --n 50 --out full.npy && head -c 300 full.npy > cut.npy; "
        "sed 's/(50, 2)/(0, 2) /' full.npy | head -c 128 > zero.npy; "
        "head -c 500 /dev/zero > junk.st; printf '\\2\\0\\0\\0\\0\\0\\0\\0{}' > plain.st; " TRAIN
        "--steps 20 --out model.st && head -c 2000 model.st > cut.st && "
        "rill train --data 8gaussians --cond labels " SMALL "--steps 5 --out cond.st && " TOKENS
        "--vocab 8 --steps 5 --out tokens.st");
    if (status != 0) {
        fprintf(stderr, "%s", text_of("err"));
        exit(EXIT_FAILURE);
    }
}

static void enter_folder(void)
{
    const char *command = getenv("RILL_COMMAND");
    char *absolute = command ? realpath(command, NULL) : NULL;
    if (!absolute || setenv("RILL_COMMAND", absolute, 1) != 0 || !mkdtemp(folder) ||
        chdir(folder) != 0) {
        fprintf(stderr, "RILL_COMMAND has to be the path of the program\n");
        exit(EXIT_FAILURE);
    }
    free(absolute);
}

static Suite *command_suite(void)
{
    Suite *suite = suite_create("command");
    TCase *bad = tcase_create("refusals"), *use = tcase_create("use"),
          *bytes = tcase_create("bytes");
    int refusal_count = (int)(sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(bad, bad_use_is_refused_in_words, 0, refusal_count);
    tcase_add_test(use, help_is_there_for_everything);
    tcase_add_test(use, a_reader_that_goes_away_is_no_failure);
    tcase_add_test(use, train_sample_compare);
    tcase_add_test(use, a_formula_trains_as_the_path_that_it_writes);
    tcase_add_test(use, check_path_tells_what_a_path_is);
    tcase_add_test(use, every_objective_trains_and_samples);
    tcase_add_test(use, mean_velocities_step_where_they_are_known);
    tcase_add_test(use, couplings_do_not_depend_on_threads_nor_on_stops);
    tcase_add_test(use, one_euler_step_is_noise_plus_velocity);
    tcase_add_test(use, labels_and_vectors_condition);
    tcase_add_test(use, normalized_models_sample_in_the_units_of_the_data);
    tcase_add_test(use, log_p_is_that_of_the_data_in_its_units);
    tcase_add_test(use, log_p_by_probes_has_an_error);
    tcase_add_test(use, samples_may_bring_their_log_p);
    tcase_add_test(use, a_random_path_leaves_a_density);
    tcase_add_test(use, a_density_is_drawn_exactly);
    tcase_add_test(use, samples_may_start_from_data);
    tcase_add_test(use, flows_may_learn_by_likelihood);
    tcase_add_test(use, pairs_stay_together);
    tcase_add_test(use, samples_are_steered);
    tcase_add_test(use, tokens_are_learned_and_sampled);
    tcase_add_test(use, points_on_a_sphere_are_learned_and_sampled);
    tcase_add_test(use, tokens_have_conditions_starts_and_known_places);
    tcase_add_test(use, tokens_resume_draw_and_do_not_depend_on_how_many);
    tcase_add_test(use, reflow_learns_from_what_the_model_makes);
    tcase_add_test(use, first_and_last_loss_are_said);
    tcase_add_test(use, drawings_are_the_same_every_time);
    tcase_add_test(use, a_profile_is_a_table_a_trace_and_a_drawing);
    tcase_add_test(use, ops_and_checks_are_listed);
    tcase_add_test(bytes, threads_change_no_byte);
    tcase_add_test(bytes, samples_do_not_depend_on_how_many);
    tcase_add_test(bytes, grids_are_what_they_say);
    tcase_add_test(bytes, chosen_steps_are_of_each_sample);
    tcase_add_test(bytes, backward_undoes_sampling);
    tcase_add_test(bytes, resuming_is_not_stopping);
    tcase_add_loop_test(bytes, interrupted_sampling_leaves_nothing, 0, 5);
    tcase_add_test(bytes, killed_training_goes_on_from_its_checkpoint);
    tcase_add_loop_test(bytes, interrupted_training_saves, 0, 2);
    tcase_add_test(bytes, messages_go_to_no_file);
    tcase_add_test(bytes, training_stops_at_what_is_not_finite);
    tcase_add_test(bytes, samples_that_overflow_are_refused);
    TCase *all[] = { bad, use, bytes };
    for (int i = 0; i < 3; i++) {
        tcase_set_timeout(all[i], 60);
        suite_add_tcase(suite, all[i]);
    }
    return suite;
}

int main(void)
{
    enter_folder();
    make_files();
    SRunner *runner = srunner_create(command_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (!failed && shell("rm -rf %s", folder) != 0)
        failed = 1;
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
