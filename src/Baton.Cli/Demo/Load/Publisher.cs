using System.Globalization;
using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>Publishes 1, 2, 3 ... on a channel.</summary>
internal sealed class Publisher(string channel, ILoadClient client, LoadStatistics statistics) : LoadWorker(client, statistics)
{
    private readonly SequenceSet _acked = new();
    private long _number;

    /// <summary>Where to.</summary>
    public string Channel => channel;

    /// <summary>The numbers whose publication was acknowledged. Read it when the load has ended.</summary>
    public SequenceSet Acked => _acked;

    /// <inheritdoc/>
    protected override string Name => $"PUBLISH {channel}";

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var number = ++_number;
        var replies = await TryExecuteAsync([["PUBLISH", channel, number.ToString(CultureInfo.InvariantCulture)]]);
        if (replies?[0].IsError == false)
        {
            _acked.Add(number);
        }
    }
}
