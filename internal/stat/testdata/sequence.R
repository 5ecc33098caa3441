# The interval within a run: the local block bootstrap, drawn, of what Sequence has in
# closed form. The data are lognormal, depend on the value before and have a trend.
source("json.R")
set.seed(3)

local.correlation <- function(x) {
  n <- length(x)
  reach <- n %/% 10
  r <- vapply(seq_len(n), function(i) x[i] - mean(x[max(1, i - reach):min(n, i + reach)]), 0)
  rho <- sum(r[-1] * r[-n]) / sum(r^2)
  min(max(rho + (1 + 3 * rho) / (2 * reach), 0), 0.95)
}

block.length <- function(x) {
  n <- length(x)
  rho <- local.correlation(x)
  l <- ceiling(n^(1 / 3) * max(1.5, (6 * rho^2 / (1 - rho^2)^2)^(1 / 3)))
  max(l, n %/% 50)
}

# The standard error of the mean of x. Each block is drawn from those that begin within
# two lengths of it, and what is drawn is spread for their being few.
local.block.bootstrap <- function(x, l, resamples = 200000) {
  n <- length(x)
  sums <- rowSums(embed(x, l))
  blocks <- n %/% l
  total <- numeric(resamples)
  for (b in seq_len(blocks)) {
    begin <- (b - 1) * l + 1
    near <- sums[max(1, begin - 2 * l):min(length(sums), begin + 2 * l)]
    fit <- (length(near) + l - 1) / l
    total <- total + (sample(near, resamples, replace = TRUE) - mean(near)) * sqrt(fit / (fit - 1))
  }
  sqrt(var(total) * n / (blocks * l)) / n
}

cases <- lapply(list(list(n = 300, rho = 0, trend = 0), list(n = 500, rho = 0.7, trend = 0), list(n = 800, rho = 0.5, trend = 10)), function(p) {
  x <- exp(0.5 * sqrt(1 - p$rho^2) * as.vector(filter(rnorm(p$n + 100), p$rho, "recursive")[-(1:100)])) * (1 + p$trend * seq_len(p$n) / p$n)
  x <- signif(x, 12)
  l <- block.length(x)
  t <- qt(0.975, length(x) %/% l - 1)
  se <- local.block.bootstrap(x, l)
  share <- function(p) {
    half <- t * local.block.bootstrap(as.numeric(x <= quantile(x, p)), l)
    unname(quantile(x, c(p - half, p + half)))
  }
  list(x = x, mean = mean(x) * exp(c(-1, 1) * t * se / mean(x)), median = share(0.5), p90 = share(0.9))
})

reference(cases = cases)
