#pragma once
#include "arguments.h"

#define POOLING_OPERATIONS(X)
