using System.Runtime.CompilerServices;

namespace Baton.Client;

/// <summary>A consumer's loop over its group's stream. Used by one loop.</summary>
internal sealed class StreamGroupReader(RedisCommands commands, RedisKey key, string group, string consumer, StreamReadOptions options)
{
    private const string New = ">";
    private const string Beginning = "0-0";

    /// <summary>What comes after this id is not given out yet.</summary>
    private string _last = Beginning;

    /// <summary>The last reply did not come: what it held is pending with the consumer.</summary>
    private bool _lostReply;

    public async IAsyncEnumerable<GroupEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var readsPending = true;
        while (true)
        {
            var entries = await TryReadAsync(readsPending, cancellationToken).ConfigureAwait(false);
            if (entries is null)
            {
                readsPending = true;
                continue;
            }

            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _last = entry.Id;
                if (entry.IsDeleted)
                {
                    await commands.XAckAsync(key, group, entry.Id, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                yield return new GroupEntry(commands, key, group, entry);
                if (options.AckOnNext)
                {
                    await commands.XAckAsync(key, group, entry.Id, cancellationToken).ConfigureAwait(false);
                }
            }

            readsPending = readsPending && entries.Length > 0;
        }
    }

    private async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (options.CreateGroupAfter is { } after)
        {
            try
            {
                await commands.XGroupCreateAsync(key, group, after, makeStream: true, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException e) when (e.Code == "BUSYGROUP")
            {
                // Another consumer was first.
            }
        }

        if (options.ClaimIdle is not { } idle)
        {
            return;
        }

        for (var start = Beginning; ;)
        {
            var claimed = await commands.XAutoClaimIdsAsync(key, group, consumer, idle, start, options.PageSize, cancellationToken)
                .ConfigureAwait(false);
            if (claimed.Next == Beginning)
            {
                return;
            }

            start = claimed.Next;
        }
    }

    /// <summary>The next entries; null when the reply was lost. A second failure in a row is the caller's.</summary>
    private async ValueTask<StreamEntry[]?> TryReadAsync(bool readsPending, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await commands.XReadGroupAsync(
                key, group, consumer, readsPending ? _last : New, options.PageSize, readsPending ? null : options.Block, false, cancellationToken)
                .ConfigureAwait(false);
            _lostReply = false;
            return entries;
        }
        catch (RedisException e) when (e.Outcome == CommandOutcome.MayHaveRun && !_lostReply)
        {
            _lostReply = true;
            return null;
        }
    }
}
