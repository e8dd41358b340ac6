#pragma once
#include "arguments.h"

#define RANDOM_OPERATIONS(X)
