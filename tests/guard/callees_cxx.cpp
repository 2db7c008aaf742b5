#include "callees.h"

double store::Cache::flush(double size) const { return size < limit ? size : limit; }
