using System.Globalization;
using Spectre.Console;

namespace Baton.Cli.Demo.View;

/// <summary>A table that is redrawn in place: for terminals.</summary>
internal sealed class LiveView(IAnsiConsole console) : IDemoView
{
    /// <inheritdoc/>
    public Task<T> ShowAsync<T>(Func<Action<DemoFigures>, Task<T>> run) =>
        console.Live(new Text("starting ...")).StartAsync(context => run(figures =>
        {
            context.UpdateTarget(Draw(figures));
            context.Refresh();
        }));

    private static Grid Draw(DemoFigures figures)
    {
        var grid = new Grid().AddColumn();
        grid.AddRow(Figures(figures));
        if (figures.Operations.Count > 0)
        {
            grid.AddRow(Operations(figures));
        }

        return grid;
    }

    private static Table Figures(DemoFigures figures)
    {
        var counts = figures.Counts;
        var table = new Table().Border(TableBorder.Rounded).AddColumns(
            $"{figures.Stage}, {Number(figures.Elapsed.TotalSeconds)} s", "now", "quiet time before");
        table.AddRow("commands/s", Number(figures.CommandsPerSecond, "F0"), "");
        table.AddRow("p50 ms", Number(figures.Now?.P50), Number(figures.Baseline?.P50));
        table.AddRow("p99 ms", Number(figures.Now?.P99), Number(figures.Baseline?.P99));
        table.AddRow("max ms", Number(figures.Now?.Max), Number(figures.Baseline?.Max));
        table.AddRow("commands", figures.Commands.ToString("N0", CultureInfo.InvariantCulture), "");
        table.AddRow("notifications", string.Join("  ", figures.Notifications.Select(pair => $"{pair.Key} {pair.Value}")), "");
        var under = figures.Operation is { } operation ? $"{operation.Name}: {operation.Phase} {operation.Progress}%" : "";
        table.AddRow("operation", Markup.Escape(under), "");
        table.AddRow(
            new Text("failed, lost, doubled, misordered, cut off"),
            new Text(
                $"{counts.Failed}, {counts.Lost}, {counts.Duplicated}, {counts.OutOfOrder}, {counts.UnannouncedDisconnects}",
                counts.AllZero ? Color.Green : Color.Red),
            Text.Empty);
        return table;
    }

    private static Table Operations(DemoFigures figures)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("operation", "runs", "status", "longest hold ms");
        foreach (var operation in figures.Operations)
        {
            var under = figures.Operation?.Name == operation.Name ? figures.Operation : null;
            var status = under is null ? operation.Status : $"{under.Phase} {under.Progress}%";
            table.AddRow(
                new Text(operation.Name, under is null ? Style.Plain : new Style(decoration: Decoration.Bold)),
                new Text(operation.Runs.ToString(CultureInfo.InvariantCulture)),
                new Text(status, operation.Status == "failed" ? Color.Red : Style.Plain),
                new Text(Number(operation.HoldMs)));
        }

        return table;
    }

    private static string Number(double? value, string format = "F2") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
