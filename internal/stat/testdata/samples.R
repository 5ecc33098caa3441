# Quantiles (type 7), the median absolute deviation and Theil and Sen's slope.
source("json.R")
set.seed(1)

samples <- list(c(3), c(1, 2), c(5, 1, 4, 2, 3), rlnorm(17), round(rexp(40, 0.2)), rt(100, 2), c(rep(1, 30), rep(2, 10)))
ps <- c(0, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 1)

theil.sen <- function(x, y) {
  pairs <- combn(length(x), 2)
  dx <- x[pairs[2, ]] - x[pairs[1, ]]
  dy <- y[pairs[2, ]] - y[pairs[1, ]]
  median((dy / dx)[dx != 0])
}

lines <- lapply(list(10, 25, 60), function(n) {
  x <- round(runif(n, 0, 50))
  list(x = x, y = 0.1 * x + rt(n, 2))
})

reference(
  ps = ps,
  samples = lapply(samples, function(x) list(x = I(x), quantiles = unname(quantile(x, ps, type = 7)), spread = mad(x))),
  lines = lapply(lines, function(l) list(x = l$x, y = l$y, slope = theil.sen(l$x, l$y)))
)
