/* What pictures of curves share: rows that begin with x and y, and who is who. */
#include "sheet.h"

void curves_ranges(const plot_array *arrays, int count, plot_range *x, plot_range *y,
                   plot_skips *skips)
{
    int64_t rows = 0, usable = plot_points_ranges(arrays, count, x, y);
    for (int i = 0; i < count; i++)
        rows += plot_rows(&arrays[i]);
    skips->all += usable;
    skips->unusable += rows - usable;
}

void curves_names(const plot_sheet *sheet, const plot_frame *frame, const plot_array *arrays,
                  int count)
{
    if (count > 1)
        sheet_legend_arrays(sheet, arrays, count);
    else
        frame_title(frame, arrays[0].label);
}
