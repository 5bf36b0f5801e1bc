/* The same method, written by hand in C around functions translated from the same text: what a compiler makes of it is the limit.
   Only what the benchmark's problems need: timed events, no triggers, no infusions, no extinction, no checks of the domain.
   Before this text stand: W (lanes), vd (W doubles), the functions of the text, and the numbers N NP NE NO P_ Y_ YN_ U_ HS_ IH_ IHG_
   T0_ TT_ TH_ TOL_ ERR_ EVT_ O_ SIZE GAMMA. */
static const event_function EVENT[NE] = { EVENTS };

static double number(const vd *w, int slot, int lane) { return ((const double *)w)[slot * W + lane]; }
static void put(vd *w, int slot, int lane, double value) { ((double *)w)[slot * W + lane] = value; }

static void fire(vd *w, int event, int lane) {
  for (int q = 0; q < N; q++) w[YN_ + q] = w[Y_ + q];
  EVENT[event](w);
  for (int q = 0; q < N; q++) put(w, Y_ + q, lane, number(w, YN_ + q, lane));
}

long solve_patients(const double *table, long patients, const double *times, long n_times, double *values, long *steps,
                    double rtol, double atol, double restart, long max_steps) {
  static _Thread_local vd w[SIZE];
  double clock[W], size[W], tried[W], stop[W], old[W], when[W][NE + 1], reach[W];
  long who[W], sample[W], count[W], next[W], event[W][NE + 1];
  const double last = times[n_times - 1];
  long taken = 0, alive = 0, failed = 0;
  memset(w, 0, sizeof w);
  w[TOL_] = rtol;
  for (int q = 0; q < N; q++) w[TOL_ + 1 + q] = atol;
  for (int l = 0; l < W; l++) who[l] = -1, clock[l] = sample[l] = 0, size[l] = stop[l] = 1e-3, old[l] = 0;
  for (;;) {
    int fresh[W], any = 0;
    for (int l = 0; l < W; l++) {
      fresh[l] = who[l] < 0 && taken < patients;
      if (!fresh[l]) continue;
      for (int k = 0; k < NP; k++) put(w, P_ + k, l, table[taken * NP + k]);
      who[l] = taken++, alive++, any = 1;
    }
    if (any) {
      hoist(w);
      init(w);
      for (int l = 0; l < W; l++) if (fresh[l]) {
        for (int q = 0; q < N; q++) put(w, Y_ + q, l, number(w, YN_ + q, l));
        for (int k = 0; k < NE; k++) {
          double at = number(w, EVT_ + k, l);
          int m = k;
          while (m > 0 && when[l][m - 1] > at) when[l][m] = when[l][m - 1], event[l][m] = event[l][m - 1], m--;
          when[l][m] = at, event[l][m] = k;
        }
        when[l][NE] = 1e300;
        clock[l] = 0, size[l] = 0.1 * restart, old[l] = 0, count[l] = sample[l] = next[l] = 0;
        stop[l] = when[l][0] < last ? when[l][0] : last;
      }
    }
    if (!alive) return failed;
    for (int l = 0; l < W; l++) {
      double left = stop[l] - clock[l], h = size[l];
      if (h * 1.0001 >= left) h = left; else if (h > 0.5 * left) h = 0.5 * left;
      if (who[l] < 0) h = 1e-3;
      tried[l] = h;
      put(w, HS_, l, h), put(w, IH_, l, 1 / h), put(w, IHG_, l, 1 / (GAMMA * h)), put(w, T0_, l, clock[l]), put(w, TT_, l, clock[l]);
    }
    step(w);
    vd change = 0.5 * LOG(MAX(w[ERR_], (vd)1e-20)), before;
    for (int l = 0; l < W; l++) before[l] = old[l];
    vd grow = MIN((vd)6.0, MAX((vd)0.2, 0.9 * EXP(-0.14 * change + 0.08 * before))), shrink = MAX((vd)0.1, 0.9 * EXP(-0.2 * change));
    vi keep;
    for (int l = 0; l < W; l++) {
      keep[l] = who[l] >= 0 && number(w, ERR_, l) <= 1.0 ? -1 : 0;
      reach[l] = !keep[l] ? -1 : tried[l] >= stop[l] - clock[l] ? stop[l] : clock[l] + tried[l];
    }
    for (;;) {
      // Asked in any case and counted only where it is reached: a branch here is guessed wrong too often.
      int asked[W], waiting = 0;
      for (int l = 0; l < W; l++) {
        double at = times[sample[l] < n_times ? sample[l] : n_times - 1];
        put(w, TH_, l, (at - clock[l]) / tried[l]), put(w, TT_, l, at);
        asked[waiting] = l;
        waiting += (keep[l] != 0) & (sample[l] < n_times) & (at <= reach[l]);
      }
      if (!waiting) break;
      dense(w);
      observe(w);
      for (int n = 0; n < waiting; n++) {
        int l = asked[n];
        double *to = values + (who[l] * n_times + sample[l]++) * NO;
        for (int o = 0; o < NO; o++) to[o] = number(w, O_ + o, l);
      }
    }
    for (int q = 0; q < N; q++) w[Y_ + q] = SELECT(keep, w[YN_ + q], w[Y_ + q]);
    for (int l = 0; l < W; l++) if (who[l] >= 0) {
      count[l]++;
      if (keep[l]) {
        double h = tried[l] * grow[l];
        size[l] = tried[l] < size[l] * 0.999 && size[l] > h ? size[l] : h;
        old[l] = change[l] > -9.2 ? change[l] : -9.2;
        clock[l] = reach[l];
      } else
        size[l] = number(w, ERR_, l) < 1e300 ? tried[l] * shrink[l] : 0.1 * tried[l];
      if (clock[l] >= last || count[l] >= max_steps || size[l] < 1e-16) {
        if (clock[l] < last) failed++;
        steps[who[l]] = count[l], who[l] = -1, alive--;
      } else if (clock[l] >= stop[l]) {
        while (when[l][next[l]] <= clock[l]) fire(w, event[l][next[l]++], l);
        stop[l] = when[l][next[l]] < last ? when[l][next[l]] : last;
        old[l] = 0;
        if (size[l] > restart) size[l] = restart;
      }
    }
  }
}
