#pragma once
#include "arguments.h"

#define NORMALISATION_OPERATIONS(X)
