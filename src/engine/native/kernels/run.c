/** Threads, and the loop that takes instructions one after the other. */
#include "operations.h"

#define NAME(name, Args) #name "\0"
const char operation_names[] = OPERATIONS(NAME);
#define WORDS(name, Args) sizeof(Args) / 4,
const u32 operation_words[] = {OPERATIONS(WORDS)};

typedef void (*Operation)(const Thread *, const void *);
#define POINTER(name, Args) (Operation) name,
static const Operation operations[] = {OPERATIONS(POINTER)};

#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(names) const char *names(void) { return operation_names; }
EXPORT(words) const u32 *words(void) { return operation_words; }

static struct {
  /** Chunk to be taken next; its own cache line, as all threads write it. */
  _Alignas(64) u32 next;
  _Alignas(64) u32 arrived;
  _Alignas(64) u32 round;
  u32 asleep;
  /** Counts the launches; what to run in the present one. */
  _Alignas(64) u32 launch;
  u32 idle;
  const u32 *code;
  const u32 *end;
  /** Of the first thread; those of the others follow, so many bytes apart. */
  char *scratch;
  u32 scratch_bytes;
  u32 closing;
} shared;

#ifdef __wasm_atomics__
/** Rounds of looking before a thread goes to sleep: about as long as waking one takes. */
#define PATIENCE 4000
#define IDLE_PATIENCE 40000

u32 take_chunk(void) { return __atomic_fetch_add(&shared.next, 1, __ATOMIC_RELAXED); }

/**
 * Returns once `at` is no longer `old`. A function of its own: V8 11 loses the variables of one that sleeps, its
 * arguments aside.
 */
static OUTLINED void await(u32 *at, u32 old, u32 *sleepers, u32 patience) {
  for (u32 i = 0; i < patience; i += 1) {
    if (__atomic_load_n(at, __ATOMIC_ACQUIRE) != old) return;
  }
  __atomic_fetch_add(sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(at, __ATOMIC_SEQ_CST) == old) __builtin_wasm_memory_atomic_wait32((int *)at, (int)old, -1);
  __atomic_fetch_sub(sleepers, 1, __ATOMIC_SEQ_CST);
}

static void change(u32 *at, u32 *sleepers) {
  __atomic_fetch_add(at, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(sleepers, __ATOMIC_SEQ_CST) > 0) __builtin_wasm_memory_atomic_notify((int *)at, 0xffffffffu);
}

/** All threads have done their share of an instruction before any begins the next. */
static void meet(const Thread *thread) {
  if (thread->threads == 1) {
    shared.next = 0;
    return;
  }
  u32 round = __atomic_load_n(&shared.round, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&shared.arrived, 1, __ATOMIC_ACQ_REL) < thread->threads) {
    await(&shared.round, round, &shared.asleep, PATIENCE);
    return;
  }
  shared.next = 0;
  shared.arrived = 0;
  change(&shared.round, &shared.asleep);
}
#else
u32 take_chunk(void) { return shared.next++; }
static void meet(const Thread *thread) {
  (void)thread;
  shared.next = 0;
}
#endif

static void perform(const Thread *thread, const u32 *code, const u32 *end) {
  while (code < end) {
    u32 number = *code++;
    operations[number](thread, code);
    code += operation_words[number];
    meet(thread);
  }
}

/** Runs instructions, helped by the threads that wait in `help`. */
EXPORT(run) void run(const u32 *code, const u32 *end, u32 threads, char *scratch, u32 scratch_bytes) {
  Thread self = {0, threads, (float *)scratch};
#ifdef __wasm_atomics__
  if (threads > 1) {
    shared.code = code;
    shared.end = end;
    shared.scratch = scratch;
    shared.scratch_bytes = scratch_bytes;
    change(&shared.launch, &shared.idle);
  }
#else
  (void)scratch_bytes;
#endif
  perform(&self, code, end);
}

#ifdef __wasm_atomics__
/** Where a further thread spends its life; returns when `close` is called. */
EXPORT(help) void help(u32 id, u32 threads, u32 launch) {
  for (;;) {
    await(&shared.launch, launch, &shared.idle, IDLE_PATIENCE);
    launch += 1;
    if (shared.closing) return;
    Thread self = {id, threads, (float *)(shared.scratch + id * shared.scratch_bytes)};
    perform(&self, shared.code, shared.end);
  }
}

EXPORT(launches) u32 launches(void) { return shared.launch; }

EXPORT(close) void close(void) {
  shared.closing = 1;
  change(&shared.launch, &shared.idle);
}
#endif
