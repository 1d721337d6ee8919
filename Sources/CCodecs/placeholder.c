#include "fidelio_codecs.h"
