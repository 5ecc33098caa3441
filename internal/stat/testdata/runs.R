# Intervals over runs, of means and of ratios; the permutation test; Holm's correction.
source("json.R")
set.seed(2)

# Student's interval on the logarithmic scale: the standard error of log(mean(x)) by the
# delta method, and of log(mean(x)/mean(y)), with the degrees of freedom that t.test has.
se <- function(x) sd(x) / sqrt(length(x)) / mean(x)
log.mean <- function(x) mean(x) * exp(c(-1, 1) * qt(0.975, length(x) - 1) * se(x))
log.ratio <- function(x, y) {
  v <- se(x)^2
  w <- se(y)^2
  df <- (v + w)^2 / (v^2 / (length(x) - 1) + w^2 / (length(y) - 1))
  mean(x) / mean(y) * exp(c(-1, 1) * qt(0.975, df) * sqrt(v + w))
}

# Of small relative differences the logarithm is a straight line: there the interval of
# the ratio is Welch's of the difference, as t.test has it.
near <- list(x = 1 + 1e-7 * rnorm(5), y = 1 + 3e-7 * rnorm(7))
welch <- t.test(near$x, near$y)$conf.int

# The two-sided permutation test: every choice of length(x) of all runs.
permutation <- function(x, y, positive) {
  pooled <- c(x, y)
  statistic <- function(chosen) {
    a <- pooled[chosen]
    b <- pooled[-chosen]
    if (positive) abs(log(mean(a)) - log(mean(b))) / sqrt(se(a)^2 + se(b)^2)
    else abs(t.test(a, b)$statistic)
  }
  all <- apply(combn(length(pooled), length(x)), 2, statistic)
  mean(all >= statistic(seq_along(x)) * (1 - 1e-9))
}

pairs <- list(
  list(x = c(1, 1.01, 0.99), y = c(1.05, 1.02, 1.1)), list(x = c(1, 2, 3, 4, 5), y = c(1.5, 2, 3, 5, 6)),
  list(x = rlnorm(5), y = rlnorm(5, 1)), list(x = rlnorm(6, 0, 0.1), y = rlnorm(8, 0.1, 0.3)),
  list(x = rexp(7), y = rexp(7)), list(x = rnorm(5), y = rnorm(6, 1)), list(x = rnorm(4), y = rnorm(4))
)
families <- list(c(0.01, 0.04, 0.03), c(0.5, 0.9, 0.02), c(0.001, 0.001, 0.2, 0.04, 0.04), runif(8))

# A ratio of sums over runs: the variance is that of the linearised ratio.
ratio <- local({
  den <- rlnorm(6, 0, 0.4)
  num <- 2 * den * rlnorm(6, 0, 0.1)
  r <- sum(num) / sum(den)
  s <- sd(num - r * den) / sqrt(length(num)) / mean(den) / r
  list(num = num, den = den, value = r, interval = r * exp(c(-1, 1) * qt(0.975, length(num) - 1) * s))
})

reference(
  natural = list(x = c(-1, 2, 3, 4, 7), interval = as.vector(t.test(c(-1, 2, 3, 4, 7))$conf.int)),
  near = list(x = near$x, y = near$y, interval = as.vector(welch)),
  ratio = ratio,
  pairs = lapply(pairs, function(p) {
    positive <- all(c(p$x, p$y) > 0)
    c(p, list(p = permutation(p$x, p$y, positive)), if (positive) list(mean = log.mean(p$x), ratio = log.ratio(p$x, p$y)))
  }),
  families = lapply(families, function(p) list(p = p, holm = p.adjust(p, "holm")))
)
