"""B cells after CD19-, CD22- and other B-cell-directed products: aplasia and the immunoglobulin that it costs."""
