using Baton.TestKit.Resp;

namespace Baton.Integration.Tests.Peers;

/// <summary>One opted-in connection of a <see cref="ProbeSet"/>.</summary>
/// <param name="Address">The proxy it is connected to.</param>
/// <param name="EndpointType">What it asked for; empty = bare ON.</param>
/// <param name="Connection">The connection.</param>
internal sealed record Probe(string Address, string EndpointType, RawConnection Connection)
{
    /// <summary>Every push so far, as bytes.</summary>
    public IReadOnlyList<string> Frames => [.. Connection.Pushes.Select(push => push.Frame.Raw)];

    /// <summary>The first push's sequence number.</summary>
    public long FirstSequence => Connection.Pushes[0].Frame.Items![1].Integer;

    public override string ToString() => $"{Address} {(EndpointType.Length == 0 ? "bare ON" : EndpointType)}";
}
