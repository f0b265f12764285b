using System.Net;
using Baton.Cli.Bench.Handoff.Clients;
using Baton.Cli.Bench.Handoff.Load;
using Baton.Cli.Bench.Handoff.Relay;

namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>What a row plays on: a client that is connected to relay A, two other places, a server, a clock.</summary>
/// <param name="Kind">The library.</param>
/// <param name="Client">The client.</param>
/// <param name="Order">How it was connected.</param>
/// <param name="Server">The redis-server behind all relays.</param>
/// <param name="Load">The callers.</param>
/// <param name="Prefix">Of every key and channel, so that runs do not meet.</param>
/// <param name="Time">Clock.</param>
internal sealed record HandoffStage(
    HandoffClientKind Kind, IHandoffClient Client, ConnectOrder Order, IPEndPoint Server, CallerLoad Load, string Prefix, TimeProvider Time)
{
    private readonly Dictionary<string, double> _figures = [];
    private int _sequence;

    /// <summary>Where the client is.</summary>
    public required HandoffRelay A { get; init; }

    /// <summary>Where it is sent.</summary>
    public required HandoffRelay B { get; init; }

    /// <summary>Where it is sent next.</summary>
    public required HandoffRelay C { get; init; }

    /// <summary>The row's own figures.</summary>
    public IReadOnlyDictionary<string, double> Figures => _figures;

    /// <summary>The number of the next notification.</summary>
    public int NextSequence() => ++_sequence;

    /// <summary>Lets time pass.</summary>
    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    /// <summary>MOVING to the clients of a relay.</summary>
    public void Move(HandoffRelay from, int seconds, IPEndPoint? to) => from.Tell(NotificationFrame.Moving(NextSequence(), seconds, to));

    /// <summary>A figure of the row's own.</summary>
    public void Note(string name, double value) => _figures[name] = value;

    /// <summary>The endpoint leaves a relay: nobody is taken any more, and what is still there is closed.</summary>
    public static void Leave(HandoffRelay relay)
    {
        relay.StopListening();
        relay.CloseAll();
    }

    /// <summary>How long until the next answer to anybody, counted from now.</summary>
    public async Task NoteNextAnswerAsync(string name, double limitSeconds)
    {
        var (began, before) = (Time.GetTimestamp(), Load.AnsweredSoFar);
        while (Load.AnsweredSoFar == before && Time.GetElapsedTime(began).TotalSeconds < limitSeconds)
        {
            await WaitAsync(0.001).ConfigureAwait(false);
        }

        Note(name, Time.GetElapsedTime(began).TotalMilliseconds);
    }
}
