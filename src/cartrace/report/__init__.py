"""Pages assembled from results and figures."""
