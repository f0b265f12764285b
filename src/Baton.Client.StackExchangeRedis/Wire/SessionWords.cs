using System.Text;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Finds the word of a command's name.</summary>
internal static class SessionWords
{
    /// <summary>Names longer than this are never session words.</summary>
    public const int Longest = 12;

    /// <summary>The word.</summary>
    public static SessionWord Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => Is(name, "EXEC"u8) ? SessionWord.EndMulti : Is(name, "AUTH"u8) ? SessionWord.Auth : Is(name, "SYNC"u8) ? SessionWord.Unmovable : default,
        5 => Find5(name),
        6 => Is(name, "SELECT"u8) ? SessionWord.Select : Is(name, "CLIENT"u8) ? SessionWord.Client : default,
        7 => Is(name, "UNWATCH"u8) ? SessionWord.Unwatch : Is(name, "DISCARD"u8) ? SessionWord.EndMulti
            : Is(name, "MONITOR"u8) ? SessionWord.Unmovable : default,
        8 => Is(name, "READONLY"u8) ? SessionWord.ReadOnly : default,
        9 => Is(name, "SUBSCRIBE"u8) ? SessionWord.Subscribe : Is(name, "READWRITE"u8) ? SessionWord.ReadOnly : default,
        10 => Is(name, "PSUBSCRIBE"u8) || Is(name, "SSUBSCRIBE"u8) ? SessionWord.Subscribe : default,
        11 => Is(name, "UNSUBSCRIBE"u8) ? SessionWord.Unsubscribe : default,
        12 => Is(name, "PUNSUBSCRIBE"u8) || Is(name, "SUNSUBSCRIBE"u8) ? SessionWord.Unsubscribe : default,
        _ => default,
    };

    private static SessionWord Find5(ReadOnlySpan<byte> name) =>
        Is(name, "WATCH"u8) ? SessionWord.Watch
        : Is(name, "MULTI"u8) ? SessionWord.Multi
        : Is(name, "HELLO"u8) ? SessionWord.Hello
        : Is(name, "RESET"u8) || Is(name, "PSYNC"u8) ? SessionWord.Unmovable
        : default;

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(name, word);
}
