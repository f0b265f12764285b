namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>All rows.</summary>
internal static class HandoffRowCatalog
{
    /// <summary>In the order of the report.</summary>
    public static IReadOnlyList<HandoffRow> All { get; } =
        [.. TimeoutRows.All(), .. MovingRows.All(), .. UnnamedRows.All(), .. SessionRows.All(), .. RepeatedRows.All()];

    /// <summary>Those with these names; all when there is no name.</summary>
    /// <exception cref="BenchException">There is no such row.</exception>
    public static IReadOnlyList<HandoffRow> Select(IReadOnlyCollection<string> ids)
    {
        var unknown = ids.Where(static id => !All.Any(row => Is(row, id))).ToList();
        return unknown.Count > 0
            ? throw new BenchException($"no such row: {string.Join(", ", unknown)}. There are {string.Join(", ", All.Select(static row => row.Id))}")
            : [.. All.Where(row => ids.Count == 0 || ids.Any(id => Is(row, id)))];
    }

    private static bool Is(HandoffRow row, string id) => row.Id.Equals(id, StringComparison.OrdinalIgnoreCase);
}
