#include "plot.h"

#include <string.h>

const plot_kind plot_kinds[] = {
    { "samples", "[N,2], [N,1] or [N]", "scatter of points, histogram of numbers", plot_samples },
    { "trajectories", "[steps+1,N,2] or [steps+1,N,1]", "where samples went, from noise to data",
      plot_trajectories },
    { "field", "rows (x,y,vx,vy) or (t,x,v)", "a velocity field as arrows", plot_field },
    { "density", "[rows,columns], or [N,2] with bins", "a heat map", plot_density },
    { "loss", "rows (step,loss)", "the loss curve of a training run", plot_loss },
    { "lines", "rows (x,y) or (x,y,spread)", "curves through points", plot_lines },
    { "images", "[n,side*side] or [n,height,width]", "a grid of gray images", plot_images },
    { NULL, NULL, NULL, NULL },
};

const plot_kind *plot_find(const char *name)
{
    for (const plot_kind *kind = plot_kinds; name && kind->name; kind++)
        if (!strcmp(kind->name, name))
            return kind;
    return NULL;
}
