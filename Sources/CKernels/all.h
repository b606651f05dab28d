// Every kernel, for the processor named by VARIANT.
#include "lanes.h"

#include "layers.h"
#include "products.h"
#include "resamples.h"
#include "rows.h"
#include "screening.h"
