package io.accesstokens.plots;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A chart with horizontal bars, as an SVG image with its own background in light and dark mode.
 *
 * @param title what the chart compares
 * @param axis the quantity of the bars, with its unit
 * @param groups the groups of bars, from top to bottom
 * @param series the names of the bars of each group, at most three. With one series, the chart has
 *     no legend.
 * @param mark a value that the chart marks by a line, with its label; null for none
 * @param source the section of the numbers
 */
record BarChart(
    String title,
    String axis,
    List<Group> groups,
    List<String> series,
    @Nullable Mark mark,
    String source) {

  private static final int WIDTH = 760;
  private static final int LEFT = 250;
  private static final int RIGHT = 80;
  private static final int TOP = 62;
  private static final int BAR = 17;
  private static final int GAP = 13;
  private static final int BOTTOM = 66;
  private static final int PLOT = WIDTH - LEFT - RIGHT;

  private static final String STYLE =
      """
      text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
      .title { font-size: 16px; font-weight: 600 }
      .small { font-size: 12px; fill: #59636e }
      .end { text-anchor: end }
      .middle { text-anchor: middle }
      .page { fill: #ffffff }
      .grid { stroke: #d1d9e0 }
      .mark { stroke: #b3261e; stroke-width: 2; stroke-dasharray: 5 4 }
      .s0 { fill: #0b62c4 }
      .s1 { fill: #c2570c }
      .s2 { fill: #6b7280 }
      @media (prefers-color-scheme: dark) {
        text { fill: #f0f6fc }
        .small { fill: #9aa4af }
        .page { fill: #0d1117 }
        .grid { stroke: #3d444d }
        .mark { stroke: #ff8a80 }
        .s0 { fill: #58a6ff }
        .s1 { fill: #f0a35e }
        .s2 { fill: #8b949e }
      }
      """;

  /**
   * A group of bars.
   *
   * @param label the text beside the bars
   * @param values the lengths of the bars, not negative, one for each series
   */
  record Group(String label, List<Double> values) {

    Group(String label, double... values) {
      this(label, Arrays.stream(values).boxed().toList());
    }
  }

  /** A value that the chart marks, and the text of the mark. */
  record Mark(double value, String label) {}

  BarChart {
    groups = List.copyOf(groups);
    series = List.copyOf(series);
    int bars = series.size();
    if (groups.stream().anyMatch(group -> group.values().size() != bars)) {
      throw new IllegalArgumentException("each group must have " + bars + " values");
    }
  }

  /** Returns the image. The same chart always gives the same text. */
  String svg() {
    int group = series.size() * BAR + GAP;
    int height = TOP + groups.size() * group + BOTTOM;
    int base = TOP + groups.size() * group;
    double step = step(max());
    int steps = (int) Math.ceil(max() / step);
    double scale = PLOT / (steps * step);
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"
            .formatted(WIDTH, height, WIDTH, height));
    svg.append("<title>").append(escaped(title)).append("</title>\n");
    svg.append("<style>\n").append(STYLE).append("</style>\n");
    svg.append("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n".formatted(WIDTH, height));
    text(svg, "title", 16, 26, title);
    for (int i = 0; i <= steps; i++) {
      double x = LEFT + i * step * scale;
      line(svg, "grid", x, TOP - 6, base);
      text(svg, "small middle", x, base + 17, number(i * step));
    }
    text(svg, "middle", LEFT + PLOT / 2.0, base + 37, axis);
    text(svg, "small end", WIDTH - 16, base + 57, source);
    if (series.size() > 1) {
      legend(svg);
    }
    int y = TOP + GAP / 2;
    for (Group each : groups) {
      text(svg, "end", LEFT - 10, y + series.size() * BAR / 2.0 + 4.5, each.label());
      for (int i = 0; i < series.size(); i++) {
        double value = each.values().get(i);
        svg.append(
            "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\"/>\n"
                .formatted(i, LEFT, y, coordinate(Math.max(1, value * scale)), BAR - 2));
        text(svg, "", LEFT + value * scale + 6, y + BAR - 4, number(value));
        y += BAR;
      }
      y += GAP;
    }
    if (mark != null) {
      double x = LEFT + mark.value() * scale;
      line(svg, "mark", x, TOP - 6, base);
      text(svg, "end", x - 6, TOP - 12, mark.label());
    }
    return svg.append("</svg>\n").toString();
  }

  private void legend(StringBuilder svg) {
    double x = 16;
    for (int i = 0; i < series.size(); i++) {
      svg.append(
          "<rect class=\"s%d\" x=\"%s\" y=\"%d\" width=\"12\" height=\"12\"/>\n"
              .formatted(i, coordinate(x), 37));
      text(svg, "", x + 17, 48, series.get(i));
      x += 40 + 7.2 * series.get(i).length();
    }
  }

  private double max() {
    double most = mark == null ? 1 : mark.value();
    for (Group group : groups) {
      for (double value : group.values()) {
        most = Math.max(most, value);
      }
    }
    return most;
  }

  /** Returns the distance of two grid lines: 1, 2 or 5 times a power of ten. */
  private static double step(double max) {
    double power = Math.pow(10, Math.floor(Math.log10(max / 4)));
    double steps = max / 4 / power;
    return power * (steps > 5 ? 10 : steps > 2 ? 5 : steps > 1 ? 2 : 1);
  }

  private static void line(StringBuilder svg, String style, double x, int from, int to) {
    svg.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\"/>\n"
            .formatted(style, coordinate(x), from, coordinate(x), to));
  }

  private static void text(StringBuilder svg, String style, double x, double y, String text) {
    svg.append("<text ");
    if (!style.isEmpty()) {
      svg.append("class=\"").append(style).append("\" ");
    }
    svg.append(
        "x=\"%s\" y=\"%s\">%s</text>\n".formatted(coordinate(x), coordinate(y), escaped(text)));
  }

  private static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String number(double value) {
    boolean whole = value >= 100 || value == Math.rint(value);
    return String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
