namespace Baton.Client;

/// <summary>Arguments that several commands have.</summary>
internal static class CommandWriterArguments
{
    /// <summary><c>numkeys key [key ...]</c></summary>
    public static void AddCounted(this ref CommandWriter command, scoped ReadOnlySpan<RedisKey> keys)
    {
        command.AddInteger(keys.Length);
        command.Add(keys);
    }

    /// <summary>A word when it is wanted.</summary>
    public static void AddIf(this ref CommandWriter command, bool isWanted, scoped ReadOnlySpan<byte> word)
    {
        if (isWanted)
        {
            command.AddBytes(word);
        }
    }

    /// <summary>A word and its number when there is one.</summary>
    public static void AddIf(this ref CommandWriter command, scoped ReadOnlySpan<byte> word, long? number)
    {
        if (number is { } given)
        {
            command.AddBytes(word);
            command.AddInteger(given);
        }
    }

    /// <summary>Pairs, the first of each before the second.</summary>
    public static void AddPairs(this ref CommandWriter command, scoped ReadOnlySpan<(RedisKey Key, RedisValue Value)> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            command.Add(key);
            command.Add(value);
        }
    }

    /// <summary>Pairs, the first of each before the second.</summary>
    public static void AddPairs(this ref CommandWriter command, scoped ReadOnlySpan<(RedisValue First, RedisValue Second)> pairs)
    {
        foreach (var (first, second) in pairs)
        {
            command.Add(first);
            command.Add(second);
        }
    }

    /// <summary>How long the command may wait on the server, in seconds; from here on it is a blocking one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative: Redis would take zero for "for ever".</exception>
    public static void AddWaitSeconds(this ref CommandWriter command, TimeSpan timeout)
    {
        var milliseconds = WaitMilliseconds(timeout);
        command.MarkBlocking(inMilliseconds: false);
        if (milliseconds % 1000 == 0)
        {
            command.AddInteger(milliseconds / 1000);
        }
        else
        {
            command.AddDouble(milliseconds / 1000.0);
        }
    }

    /// <summary>The same in milliseconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative: Redis would take zero for "for ever".</exception>
    public static void AddWaitMilliseconds(this ref CommandWriter command, TimeSpan timeout)
    {
        var milliseconds = WaitMilliseconds(timeout);
        command.MarkBlocking(inMilliseconds: true);
        command.AddInteger(milliseconds);
    }

    private static void MarkBlocking(this ref CommandWriter command, bool inMilliseconds)
    {
        command.Traits |= CommandTraits.Blocking;
        command.Wait = new BlockingTimeout(command.Count, inMilliseconds);
    }

    private static long WaitMilliseconds(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return 0;
        }

        if (timeout <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout),
                timeout,
                "The time to wait must be more than zero, or Timeout.InfiniteTimeSpan to wait for ever (which Redis writes as 0). "
                + "To wait not at all, use the command that does not block.");
        }

        // Rounded up: 0 would be for ever.
        return (timeout.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
    }
}
