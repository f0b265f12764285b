namespace Baton.Client;

/// <summary>The words of options that are enums here.</summary>
internal static class CommandWords
{
    /// <summary>NX, XX, or nothing.</summary>
    public static void Add(this ref CommandWriter command, SetWhen when)
    {
        command.AddIf(when == SetWhen.NotExists, "NX"u8);
        command.AddIf(when == SetWhen.Exists, "XX"u8);
    }

    /// <summary>NX, XX, GT, LT, or nothing.</summary>
    public static void Add(this ref CommandWriter command, ExpireWhen when)
    {
        if (when != ExpireWhen.Always)
        {
            command.AddBytes(when switch
            {
                ExpireWhen.HasNone => "NX"u8,
                ExpireWhen.HasOne => "XX"u8,
                ExpireWhen.Later => "GT"u8,
                _ => "LT"u8,
            });
        }
    }

    /// <summary>LEFT or RIGHT.</summary>
    public static void Add(this ref CommandWriter command, ListSide side) => command.AddBytes(side == ListSide.Left ? "LEFT"u8 : "RIGHT"u8);

    /// <summary>MIN or MAX.</summary>
    public static void Add(this ref CommandWriter command, ScoreEnd end) => command.AddBytes(end == ScoreEnd.Lowest ? "MIN"u8 : "MAX"u8);

    /// <summary>m, km, mi or ft.</summary>
    public static void Add(this ref CommandWriter command, GeoUnit unit) => command.AddBytes(unit switch
    {
        GeoUnit.Meters => "m"u8,
        GeoUnit.Kilometers => "km"u8,
        GeoUnit.Miles => "mi"u8,
        _ => "ft"u8,
    });
}
