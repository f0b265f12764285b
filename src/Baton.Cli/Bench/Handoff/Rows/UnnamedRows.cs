namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>
/// MOVING names no place: the address or the name leads elsewhere soon. What is simulated: the address changes hands (a virtual address, or the
/// balancer behind a name): connections made before a moment are closed at the deadline, those made after it stay. A name that changes its address
/// in DNS needs the machine's own resolver and is not played here; the client's tests play it on a resolver of theirs.
/// </summary>
internal static class UnnamedRows
{
    private const int Grace = 5;

    /// <summary>C1, C2, V3.</summary>
    public static IEnumerable<HandoffRow> All() =>
    [
        new("C1", "MOVING without a place, by address; the address changes hands at 40 %; round trip 50 ms", ChangeHandsAsync) { RoundTripMs = 50 },
        new("C2", "the same by name (C2, V2)", ChangeHandsAsync) { RoundTripMs = 50, ConnectsByName = true },
        new(V3, "the same by name, in a process without IPv6", ChangeHandsAsync) { RoundTripMs = 50, ConnectsByName = true },
    ];

    /// <summary>The row that needs a process without IPv6.</summary>
    public const string V3 = "V3";

    private static async Task ChangeHandsAsync(HandoffStage stage)
    {
        stage.Move(stage.A, Grace, to: null);
        await stage.WaitAsync(0.4 * Grace).ConfigureAwait(false);
        var leaving = stage.A.Links();
        await stage.WaitAsync(0.6 * Grace).ConfigureAwait(false);
        foreach (var link in leaving)
        {
            link.Close(abruptly: false);
        }

        await stage.WaitAsync(1).ConfigureAwait(false);
    }
}
