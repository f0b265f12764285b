namespace Baton.Cli.Demo.Load;

/// <summary>Notification names of .NET libraries as they are on the wire.</summary>
internal static class WireName
{
    /// <summary>FailingOver: FAILING_OVER; SlotsMigrated: SMIGRATED.</summary>
    public static string Of(string name) =>
        string.Concat(name.Replace("Slots", "S", StringComparison.Ordinal)
            .Select((c, i) => i > 1 && char.IsUpper(c) ? $"_{c}" : c.ToString())).ToUpperInvariant();
}
