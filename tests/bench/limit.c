/*
 * What the same arithmetic costs in plain C: exact dosing over the half hours of a week, strokes and their
 * confirmation, ledger, battery, the occlusion's reading before a stroke, the alarm table with its tones, the rolling
 * digest. No memory check, no store, no commands, no state digest: nothing guards it, so it is a limit and no pump.
 *
 * The figures come from the firmware by a header that the bench writes; the rolling digest has to come out the same,
 * tick by tick and by jumps, or the bench refuses to compare.
 *
 * Usage: limit tick|jump <ticks> <times>    one line: executed ticks, events, digest, CPU nanoseconds
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "figures.h"

#define NEVER INT64_MAX
enum { STROKE_EVENT, RAISE_EVENT = 5, CONDITION_GONE_EVENT = 6, TONE_EVENT = 9, HOUR_EVENT = 13 };

static const int64_t week[336] = WEEK_NUMERATORS;
static const int64_t repeat_ticks[ALARMS] = REPEAT_TICKS;

typedef struct {
  int64_t now, owed, next_tone, eri_tick, computed_dose_pg;
  int64_t tone_tick[ALARMS];
  int64_t requested, confirmed, last_count, count, pending, stall_run;
  int64_t requested_at_hour, confirmed_at_hour, confirmed_at_day;
  int64_t baseline_pa, tones;
  int32_t has_baseline, verdict, low_loaded_run, low_resting_run, is_under_reset;
  int32_t is_present[ALARMS];
  uint32_t lane_a, lane_b;
  int64_t events, executed;
} Pump;

static inline void fold(Pump *p, uint32_t word) {
  const uint32_t a = (p->lane_a ^ word) * 0x01000193u;
  const uint32_t b = p->lane_b;
  p->lane_a = a;
  p->lane_b = (((b << 5) | (b >> 27)) + word) ^ a;
}

static inline void say(Pump *p, uint32_t code, int64_t argument) {
  p->events += 1;
  fold(p, (uint32_t)p->now);
  fold(p, code);
  fold(p, (uint32_t)argument);
}

static inline int64_t numerator_at(int64_t tick) {
  return week[(tick / TICKS_PER_HALF_HOUR) % 336];
}

static int64_t computed_nl(const Pump *p) {
  const int64_t left = FILLED_NL - p->confirmed * STROKE_NL;
  return left > 0 ? left : 0;
}

static int verdict(const Pump *p, int row) {
  switch (row) {
    case 0: return computed_nl(p) <= LOW_RESERVOIR_NL;
    case 1: return computed_nl(p) <= EMPTY_RESERVOIR_NL;
    case 2: return p->stall_run >= STALL_STROKES;
    case 3: return p->verdict == 2;
    case 4: return p->eri_tick != NEVER;
    case 5: return p->now >= LIFE_TICKS || (p->eri_tick != NEVER && p->now >= p->eri_tick + ERI_TO_EOS_TICKS);
    case 6: return p->is_under_reset;
    default: return 0;
  }
}

static void find_next_tone(Pump *p) {
  p->next_tone = NEVER;
  for (int i = 0; i < ALARMS; i++) {
    if (p->tone_tick[i] < p->next_tone) p->next_tone = p->tone_tick[i];
  }
}

static void update_alarms(Pump *p) {
  for (int i = 0; i < ALARMS; i++) {
    const int is_present = verdict(p, i);
    if (is_present == p->is_present[i]) continue;
    p->is_present[i] = is_present;
    say(p, is_present ? RAISE_EVENT : CONDITION_GONE_EVENT, i);
    if (is_present) p->tone_tick[i] = p->now;
    find_next_tone(p);
  }
  if (p->now < p->next_tone) return;
  for (int i = 0; i < ALARMS; i++) {
    if (p->tone_tick[i] > p->now) continue;
    say(p, TONE_EVENT, i);
    p->tone_tick[i] = p->now + repeat_ticks[i];
    p->tones += 1;
  }
  find_next_tone(p);
}

static void look_at_motor(Pump *p) {
  const int64_t gained = p->last_count < 0 ? 0 : p->count - p->last_count;
  if (gained > 0) p->stall_run = 0;
  else if (p->last_count >= 0) p->stall_run += p->pending;
  p->last_count = p->count;
  p->pending = 0;
  int64_t confirmed = p->confirmed + gained;
  if (confirmed > p->requested) confirmed = p->requested;
  p->computed_dose_pg += (confirmed - p->confirmed) * STROKE_PG;
  p->confirmed = confirmed;
}

static void look_at_pressure(Pump *p, int64_t pressure_pa) {
  if (!p->has_baseline || pressure_pa < p->baseline_pa) {
    p->has_baseline = 1;
    p->baseline_pa = pressure_pa;
  }
  if (p->verdict == 0 && pressure_pa - p->baseline_pa >= SUSPECT_RISE_PA) p->verdict = 1;
}

static void tick(Pump *p) {
  const int is_hour = p->now > 0 && p->now % TICKS_PER_HOUR == 0;
  const int64_t numerator = numerator_at(p->now);
  const int is_due = numerator > 0 && p->owed + numerator >= DENOMINATOR;
  if (is_due || is_hour) look_at_motor(p);
  if (is_hour) {
    const int64_t in_hour = p->confirmed - p->confirmed_at_hour;
    p->requested_at_hour = p->requested;
    p->confirmed_at_hour = p->confirmed;
    say(p, HOUR_EVENT, in_hour);
    if (p->now % (24 * TICKS_PER_HOUR) == 0) p->confirmed_at_day = p->confirmed;
    p->low_resting_run = RESTING_MV <= ERI_RESTING_MV ? p->low_resting_run + 1 : 0;
  }
  if (is_due) {
    p->low_loaded_run = LOADED_MV <= ERI_LOADED_MV ? p->low_loaded_run + 1 : 0;
    if (LOADED_MV <= RESET_LOADED_MV) p->is_under_reset = 1;
    look_at_pressure(p, PRESSURE_PA);
  }
  if (p->eri_tick == NEVER && is_hour) {
    const int64_t used_nc = IDLE_NC_PER_TICK * p->now + STROKE_NC * p->requested + TONE_NC * p->tones;
    if (used_nc / (BATTERY_CAPACITY_NC / 1000) >= ERI_PERMILLE) p->eri_tick = p->now;
  }
  update_alarms(p);
  p->owed += numerator;
  if (is_due) {
    p->owed -= DENOMINATOR;
    p->requested += 1;
    p->pending += 1;
    p->count += 1;
    say(p, STROKE_EVENT, p->requested);
  }
  p->now += 1;
  p->executed += 1;
}

static int64_t next_wake(const Pump *p) {
  const int64_t now = p->now < 1 ? 1 : p->now;
  int64_t wake = (now + TICKS_PER_HALF_HOUR - 1) / TICKS_PER_HALF_HOUR * TICKS_PER_HALF_HOUR;
  if (p->next_tone < wake) wake = p->next_tone;
  const int64_t numerator = numerator_at(p->now);
  if (numerator > 0) {
    const int64_t stroke = p->now + (DENOMINATOR - p->owed + numerator - 1) / numerator - 1;
    if (stroke < wake) wake = stroke;
  }
  return wake;
}

static void run(Pump *p, int is_jumping, int64_t ticks) {
  memset(p, 0, sizeof *p);
  p->lane_a = 0x243f6a88u;
  p->lane_b = 0x13198a2eu;
  p->last_count = -1;
  p->eri_tick = NEVER;
  for (int i = 0; i < ALARMS; i++) p->tone_tick[i] = NEVER;
  p->next_tone = NEVER;
  while (p->now < ticks) {
    if (is_jumping) {
      int64_t next = next_wake(p);
      if (next > ticks - 1) next = ticks - 1;
      p->owed += numerator_at(p->now) * (next - p->now);
      p->now = next;
    }
    tick(p);
  }
}

int main(int argc, char **argv) {
  if (argc != 4 || (strcmp(argv[1], "tick") != 0 && strcmp(argv[1], "jump") != 0)) {
    fprintf(stderr, "usage: limit tick|jump <ticks> <times>\n");
    return 2;
  }
  const int is_jumping = strcmp(argv[1], "jump") == 0;
  const int64_t ticks = atoll(argv[2]);
  const int times = atoi(argv[3]);
  static Pump pump;
  const clock_t began = clock();
  for (int i = 0; i < times; i++) run(&pump, is_jumping, ticks);
  const double ns = (double)(clock() - began) * (1e9 / CLOCKS_PER_SEC);
  printf("%" PRId64 " %" PRId64 " %08" PRIx32 "%08" PRIx32 " %.0f\n", pump.executed * times, pump.events * times,
         pump.lane_a, pump.lane_b, ns);
  return 0;
}
