namespace Baton.Cli.Demo.Raw;

/// <summary>A maintenance push as a raw client reads it.</summary>
/// <param name="Type"><c>MOVING</c>, <c>MIGRATING</c>, <c>MIGRATED</c>, <c>FAILING_OVER</c>, <c>FAILED_OVER</c>.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Seconds">Openers: the time that is left; closers: 0.</param>
/// <param name="Target">MOVING: <c>host:port</c> or null.</param>
internal sealed record RawMaintenance(string Type, long Sequence, long Seconds, string? Target)
{
    // Written down here once more, so that the judge does not repeat the server's own mistakes.
    private static readonly HashSet<string> Types =
        ["MOVING", "MIGRATING", "MIGRATED", "FAILING_OVER", "FAILED_OVER", "SMIGRATING", "SMIGRATED"];

    /// <summary>Whether this push is one, and which.</summary>
    public static RawMaintenance? From(RawReply push)
    {
        if (push.Items is not [{ Text: { } type }, var sequence, ..] || !Types.Contains(type))
        {
            return null;
        }

        var opener = type is "MOVING" or "MIGRATING" or "FAILING_OVER";
        var target = type == "MOVING" && push.Items.Count > 3 ? push.Items[3].Text : null;
        return new RawMaintenance(type, sequence.Integer, opener ? push.Items[2].Integer : 0, target);
    }
}
