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
  /** A thread has broken down or stays away: nothing can be run any more. */
  u32 broken;
} shared;

#ifdef __wasm_atomics__
/** Rounds of looking before a thread goes to sleep: about as long as waking one takes. */
#define PATIENCE 4000
#define IDLE_PATIENCE 40000

u32 take_chunk(void) { return __atomic_fetch_add(&shared.next, 1, __ATOMIC_RELAXED); }

/** What the calling thread sleeps at a time, in ns, and how often: then a thread is lost. A laptop that is shut costs one. */
#define NAP 2000000000ll
#define NAPS 30
#define FOREVER -1

/** A function of its own: V8 11 loses the variables of one that sleeps, its arguments aside. */
static OUTLINED void nap(u32 *at, u32 old, int64_t time) {
  __builtin_wasm_memory_atomic_wait32((int *)at, (int)old, time);
}

/** Returns once `at` is no longer `old`, or after so many naps; whether it has changed. */
static OUTLINED u32 await(u32 *at, u32 old, u32 *sleepers, u32 patience, i32 naps) {
  for (u32 i = 0; i < patience; i += 1) {
    if (__atomic_load_n(at, __ATOMIC_ACQUIRE) != old) return 1;
  }
  __atomic_fetch_add(sleepers, 1, __ATOMIC_SEQ_CST);
  while (naps != 0 && __atomic_load_n(at, __ATOMIC_SEQ_CST) == old) {
    nap(at, old, naps == FOREVER ? -1 : NAP);
    if (naps > 0) naps -= 1;
  }
  __atomic_fetch_sub(sleepers, 1, __ATOMIC_SEQ_CST);
  return __atomic_load_n(at, __ATOMIC_SEQ_CST) != old;
}

static void change(u32 *at, u32 *sleepers) {
  __atomic_fetch_add(at, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(sleepers, __ATOMIC_SEQ_CST) > 0) __builtin_wasm_memory_atomic_notify((int *)at, 0xffffffffu);
}

INLINE u32 is_broken(void) { return __atomic_load_n(&shared.broken, __ATOMIC_SEQ_CST); }

/** Ends all work for good: of a thread that breaks down, and of the one that waits for it in vain. */
EXPORT(fail) void fail(void) {
  __atomic_store_n(&shared.broken, 1, __ATOMIC_SEQ_CST);
  change(&shared.round, &shared.asleep);
  change(&shared.launch, &shared.idle);
}

/** All threads have done their share of an instruction before any begins the next. */
static void meet(const Thread *thread) {
  if (thread->threads == 1) {
    shared.next = 0;
    return;
  }
  /* In this order: `fail` tells of itself first, and moves the round on then. */
  const u32 round = __atomic_load_n(&shared.round, __ATOMIC_SEQ_CST);
  if (is_broken()) return;
  if (__atomic_add_fetch(&shared.arrived, 1, __ATOMIC_ACQ_REL) < thread->threads) {
    if (!await(&shared.round, round, &shared.asleep, PATIENCE, thread->id == 0 ? NAPS : FOREVER)) fail();
    return;
  }
  shared.next = 0;
  shared.arrived = 0;
  change(&shared.round, &shared.asleep);
}
#else
u32 take_chunk(void) { return shared.next++; }
INLINE u32 is_broken(void) { return 0; }
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
    if (is_broken()) return;
  }
}

/** Runs instructions, helped by the threads that wait in `help`. Not 0: a thread is lost, and the results with it. */
EXPORT(run) u32 run(const u32 *code, const u32 *end, u32 threads, char *scratch, u32 scratch_bytes) {
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
  if (!is_broken()) perform(&self, code, end);
  return is_broken();
}

#ifdef __wasm_atomics__
/** Where a further thread spends its life; returns when `close` is called. */
EXPORT(help) void help(u32 id, u32 threads, u32 launch) {
  for (;;) {
    await(&shared.launch, launch, &shared.idle, IDLE_PATIENCE, FOREVER);
    launch += 1;
    if (shared.closing || is_broken()) return;
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
