// Made by Tests/Fixtures/functions_coefficients.py. Do not edit by hand.
#pragma once

// ln 2 in two parts; multiples of the first by exponents are exact
#define LN2_HIGH 0x1.62e4000000000p-1f
#define LN2_LOW 0x1.7f7d1c0000000p-20f
#define LOG2_E 0x1.7154760000000p+0f

// pi / 2 in two parts of binary64, the first of 26 bits; and 2 / pi
#define HALF_PI_HIGH 0x1.921fb50000000p+0
#define HALF_PI_LOW 0x1.110b4611a6263p-26
#define HALF_PI 0x1.921fb54442d18p+0
#define TWO_OVER_PI 0x1.45f306dc9c883p-1
// The bits of 2 / pi after 32 zeros
#define TWO_OVER_PI_WORDS 0x00000000, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561

// (e^r - 1 - r) / r^2 on +-ln 2 / 2, relative to e^r - 1; largest error of the fit 2^-31.11
static const float exponential_terms[] = {
    0x1.0000000000000p-1f,
    0x1.5555540000000p-3f,
    0x1.5554f80000000p-5f,
    0x1.1112dc0000000p-7f,
    0x1.6d3a3c0000000p-10f,
    0x1.9e697a0000000p-13f,
};
// (log(1 + f) - f + f^2 / 2) / f^3 on sqrt(1/2) - 1 ... sqrt(2) - 1, relative to log(1 + f); largest error of the fit 2^-30.28
static const float logarithm_terms[] = {
    0x1.5555480000000p-2f,
    -0x1.0000060000000p-2f,
    0x1.99a4760000000p-3f,
    -0x1.555c440000000p-3f,
    0x1.233ba20000000p-3f,
    -0x1.fc28c80000000p-4f,
    0x1.e6c0080000000p-4f,
    -0x1.de01fc0000000p-4f,
    0x1.14737a0000000p-4f,
};
// (tanh(x) - x) / x^3 in x^2 on 0 ... 5/8, relative to tanh(x); largest error of the fit 2^-32.39
static const float tangent_terms[] = {
    -0x1.5555540000000p-2f,
    0x1.11107a0000000p-3f,
    -0x1.b9f1880000000p-5f,
    0x1.63a5500000000p-6f,
    -0x1.0c5ed00000000p-7f,
    0x1.1a28160000000p-9f,
};
// (sin(r) - r) / r^3 in r^2 on 0 ... pi / 4, relative to sin(r); largest error of the fit 2^-32.52
static const float sine_terms[] = {
    -0x1.5555560000000p-3f,
    0x1.1111740000000p-7f,
    -0x1.a059540000000p-13f,
    0x1.7c2c4e0000000p-19f,
};
// (cos(r) - 1 + r^2 / 2) / r^4 in r^2 on 0 ... pi / 4, relative to cos(r); largest error of the fit 2^-32.99
static const float cosine_terms[] = {
    0x1.55554a0000000p-5f,
    -0x1.6c0c280000000p-10f,
    0x1.99e80c0000000p-16f,
};
// erf(sqrt 2)^2
#define TRUNCATION 0x1.d277bc0000000p-1f
// n / x in w; largest error of the fit 2^-25.59
static const float truncated_terms[] = {
    0x1.323fee0000000p+0f,
    0x1.40b4820000000p-2f,
    0x1.fe94740000000p-7f,
    -0x1.9a090e0000000p-9f,
    -0x1.ae29d80000000p-13f,
    0x1.68c0fa0000000p-14f,
    -0x1.89394c0000000p-18f,
    -0x1.0c53d60000000p-25f,
};
