using System.Text.Json.Nodes;

namespace Baton.TestKit.Processes;

/// <summary>What one client went through.</summary>
/// <param name="Client">Name, version and settings.</param>
/// <param name="Commands">Replies that were checked.</param>
/// <param name="Failed">Commands that ended with an error.</param>
/// <param name="Lost">Acknowledged writes or messages that are not there.</param>
/// <param name="Duplicated">Executed or delivered twice.</param>
/// <param name="OutOfOrder">Replies that belong to another command, or stale values.</param>
/// <param name="Reconnects">Connections it lost and opened again.</param>
/// <param name="KeptItsConnection">CLIENT ID is the same before and after.</param>
/// <param name="Notifications">Maintenance pushes as the client's own diagnostics report them.</param>
/// <param name="Errors">The first few texts.</param>
public sealed record PeerVerdict(
    string Client,
    long Commands,
    long Failed,
    long Lost,
    long Duplicated,
    long OutOfOrder,
    long Reconnects,
    bool KeptItsConnection,
    IReadOnlyList<string> Notifications,
    IReadOnlyList<string> Errors)
{
    /// <summary>True when nothing failed, was lost, doubled or swapped, and something was done at all.</summary>
    public bool IsClean => Commands > 0 && Failed == 0 && Lost == 0 && Duplicated == 0 && OutOfOrder == 0;

    /// <summary>Reads the JSON of the npm programs.</summary>
    public static PeerVerdict From(JsonNode json) => new(
        json["client"]!.GetValue<string>(),
        json["commands"]!.GetValue<long>(),
        json["failed"]!.GetValue<long>(),
        json["lost"]!.GetValue<long>(),
        json["duplicated"]!.GetValue<long>(),
        json["outOfOrder"]!.GetValue<long>(),
        json["reconnects"]!.GetValue<long>(),
        json["idBefore"]?.ToJsonString() == json["idAfter"]?.ToJsonString(),
        [.. json["notifications"]!.AsArray().Select(push => string.Join(' ', push!.AsArray().Select(word => word!.GetValue<string>())))],
        [.. json["errors"]!.AsArray().Select(error => error!.GetValue<string>())]);

    /// <summary>One line and the errors, for failures.</summary>
    public override string ToString() =>
        $"{Client}: {Commands} commands, {Failed} failed, {Lost} lost, {Duplicated} duplicated, {OutOfOrder} out of order, "
        + $"{Reconnects} reconnects, same connection: {KeptItsConnection}\n  {string.Join("\n  ", Errors)}";
}
