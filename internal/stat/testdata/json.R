# Writes R values as JSON: lists with names as objects, other lists and vectors of more
# than one element as arrays. Every reference here is made by
#
#   cd internal/stat/testdata && Rscript TOPIC.R > TOPIC.json
#
# with no package beyond those that come with R (Debian: r-base-core), and compared by
# TestReference in ../reference_test.go.

json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ",\n"), "]"))
    return(paste0("{", paste0("\"", names(x), "\": ", parts, collapse = ",\n"), "}"))
  }
  parts <- if (is.character(x)) paste0("\"", x, "\"") else sprintf("%.15g", x)
  if (length(x) == 1 && !inherits(x, "AsIs")) return(parts)
  paste0("[", paste(parts, collapse = ", "), "]")
}

reference <- function(...) cat(json(list(made = R.version.string, ...)), "\n", sep = "")
