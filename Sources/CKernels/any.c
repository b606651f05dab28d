// For any processor.
#define VARIANT any
#define ROWS_TILE 2
#define COLUMNS_TILE 2
#include "all.h"
