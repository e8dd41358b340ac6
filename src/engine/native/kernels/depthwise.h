#pragma once
#include "arguments.h"

#define DEPTHWISE_OPERATIONS(X)
