# Fits of the Universal Scalability Law.
source("json.R")

# Made-up measurements: throughput that still grows, that falls, and of one busy processor.
sets <- list(
  list(users = c(1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64),
       throughput = c(20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310)),
  list(users = c(1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50, 60),
       throughput = c(31, 54.1, 74, 103, 128, 151, 158, 166, 160, 163, 149, 137, 129)),
  list(users = c(1, 5, 10, 15, 20, 25, 30, 35, 40),
       throughput = c(30.5, 33.1, 32.4, 31, 30.2, 30.9, 28.8, 29.4, 27.7)))

reference(sets = lapply(sets, function(s) {
  n <- s$users; x <- s$throughput
  w <- 1 + seq_along(n) %% 3
  # FitUSL's model: gamma errors with the inverse link.
  gamma <- glm(x / n ~ I(n - 1) + I(n * (n - 1)), family = Gamma(link = "inverse"), weights = w,
               control = glm.control(epsilon = 1e-14, maxit = 100))
  # What is usual beside it: least squares of throughput itself.
  least <- nls(x ~ lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)), weights = w,
               start = list(lambda = x[1] / n[1], sigma = 0.1, kappa = 0.001), algorithm = "port",
               control = nls.control(maxiter = 500))
  list(users = n, throughput = x, weights = w, delays = unname(coef(gamma)), least.squares = unname(coef(least)))
}))
