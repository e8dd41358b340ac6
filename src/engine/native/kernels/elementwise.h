#pragma once
#include "arguments.h"

#define ELEMENTWISE_OPERATIONS(X)
