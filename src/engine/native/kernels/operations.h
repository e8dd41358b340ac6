/**
 * Every instruction: its name, and what its arguments are, in 32-bit words. X(name, struct).
 * The host finds an instruction's number by its name in `operation_names`.
 */
#pragma once
#include "thread.h"

#include "arguments.h"
#include "depthwise.h"
#include "elementwise.h"
#include "grouped.h"
#include "normalisation.h"
#include "pooling.h"
#include "random.h"
#include "winograd.h"

#define CORE_OPERATIONS(X) \
  X(pack, PackArgs) \
  X(tiles, TilesArgs) \
  X(outer, OuterArgs) \
  X(sum_parts, SumPartsArgs) \
  X(column_sums, ColumnSumsArgs) \
  X(fill, FillArgs) \
  X(copy, CopyArgs) \
  X(accumulate, CopyArgs) \
  X(relu_gradient, OutputGradientArgs) \
  X(softmax, RowsArgs) \
  X(softmax_gradient, RowsGradientArgs) \
  X(log_softmax, RowsArgs) \
  X(log_softmax_gradient, RowsGradientArgs) \
  X(losses, LossArgs) \
  X(total, TotalArgs) \
  X(penalty, PenaltyArgs) \
  X(squares, SquaresArgs) \
  X(clip_scale, ClipArgs) \
  X(optimise, OptimiseArgs)

#define OPERATIONS(X) \
  CORE_OPERATIONS(X) \
  DEPTHWISE_OPERATIONS(X) \
  ELEMENTWISE_OPERATIONS(X) \
  GROUPED_OPERATIONS(X) \
  NORMALISATION_OPERATIONS(X) \
  POOLING_OPERATIONS(X) \
  RANDOM_OPERATIONS(X) \
  WINOGRAD_OPERATIONS(X)

#define DECLARE(name, Args) void name(const Thread *thread, const Args *args);
OPERATIONS(DECLARE)
#undef DECLARE
