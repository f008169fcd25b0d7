#include "palette.h"

#include <math.h>

const plot_color plot_ink = { .16, .17, .20 }, plot_faint = { .45, .47, .51 },
                 plot_rule = { .90, .91, .93 }, plot_paper = { 1, 1, 1 };

static const plot_color series[] = {
    { .000, .447, .698 }, { .835, .369, .000 }, { .000, .620, .451 }, { .800, .475, .655 },
    { .902, .624, .000 }, { .337, .706, .914 }, { .400, .400, .400 },
};

plot_color plot_series_color(int i)
{
    const int count = (int)(sizeof series / sizeof *series);
    return series[((i % count) + count) % count];
}

static double clamp01(double u)
{
    return u > 0 ? fmin(u, 1) : 0;
}

static double gamma_encode(double linear)
{
    double c = clamp01(linear);
    return c <= .0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - .055;
}

/* Oklab to sRGB (B. Ottosson, "A perceptual color space for image processing", 2020). */
static plot_color from_oklab(double L, double a, double b)
{
    double l = pow(L + .3963377774 * a + .2158037573 * b, 3);
    double m = pow(L - .1055613458 * a - .0638541728 * b, 3);
    double s = pow(L - .0894841775 * a - 1.2914855480 * b, 3);
    return (plot_color){
        gamma_encode(4.0767416621 * l - 3.3077115913 * m + .2309699292 * s),
        gamma_encode(-1.2684380046 * l + 2.6097574011 * m - .3413193965 * s),
        gamma_encode(-.0041960863 * l - .7034186147 * m + 1.7076147010 * s),
    };
}

plot_color plot_map(double u)
{
    u = clamp01(u);
    double lightness = .29 + .63 * u;
    double hue = (310 - 205 * pow(u, .92)) * M_PI / 180;
    double chroma = .12 + .05 * u;
    return from_oklab(lightness, chroma * cos(hue), chroma * sin(hue));
}
