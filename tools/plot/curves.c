/* What pictures of curves share: rows that begin with x and y, and who is who. */
#include "sheet.h"

int plot_usable_point(const double *point)
{
    return plot_usable(point[0]) && plot_usable(point[1]);
}

void curves_ranges(const plot_array *arrays, int count, plot_range *x, plot_range *y,
                   plot_skips *skips)
{
    *x = *y = plot_nothing;
    for (int i = 0; i < count; i++)
        for (int64_t j = 0; j < plot_rows(&arrays[i]); j++) {
            const double *row = arrays[i].values + j * plot_columns(&arrays[i]);
            int usable = plot_usable_point(row);
            skips->unusable += !usable;
            skips->all += usable;
            if (!usable)
                continue;
            *x = plot_range_add(*x, row[0]);
            *y = plot_range_add(*y, row[1]);
        }
}

void curves_names(const plot_sheet *sheet, const plot_frame *frame, const plot_array *arrays,
                  int count)
{
    if (count > 1)
        sheet_legend_arrays(sheet, arrays, count);
    else
        frame_title(frame, arrays[0].label);
}
