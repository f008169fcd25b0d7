/* plot_columns.h - two columns of samples of more: what a picture of points shows of them. */
#ifndef RILL_TOOLS_COMMANDS_PLOT_COLUMNS_H
#define RILL_TOOLS_COMMANDS_PLOT_COLUMNS_H

#include "plot_model.h"

/* Leaves of each array [N,columns] of samples the two in `wanted`, counted from 1, and names the
 * axes after them; of other pictures nothing changes unless columns are wanted.  Where they are not
 * (text NULL) it is the first two, and a note says so.  Complains and returns the exit status. */
int plot_pick_columns(picture *p, const cli_value *wanted);

#endif
