namespace Baton.Client;

/// <summary>Where GEOSEARCH looks: a centre (a member or a place) and a circle or box around it. Immutable.</summary>
public readonly record struct GeoArea
{
    private readonly RedisValue? _member;
    private readonly GeoPosition _position;
    private readonly double _width;
    private readonly double? _height;
    private readonly GeoUnit _unit;

    private GeoArea(RedisValue? member, GeoPosition position, double width, double? height, GeoUnit unit) =>
        (_member, _position, _width, _height, _unit) = (member, position, width, height, unit);

    /// <summary>A circle around a member.</summary>
    public static GeoArea Circle(
        RedisValue member, double radius, GeoUnit unit = GeoUnit.Meters) => new(member, default, radius, null, unit);

    /// <summary>A circle around a place.</summary>
    public static GeoArea Circle(GeoPosition position, double radius, GeoUnit unit = GeoUnit.Meters) => new(null, position, radius, null, unit);

    /// <summary>A box around a member.</summary>
    public static GeoArea Box(RedisValue member, double width, double height, GeoUnit unit = GeoUnit.Meters) =>
        new(member, default, width, height, unit);

    /// <summary>A box around a place.</summary>
    public static GeoArea Box(GeoPosition position, double width, double height, GeoUnit unit = GeoUnit.Meters) =>
        new(null, position, width, height, unit);

    /// <summary><c>FROMMEMBER m | FROMLONLAT lon lat BYRADIUS r unit | BYBOX w h unit</c></summary>
    internal void WriteTo(ref CommandWriter command)
    {
        if (_member is { } member)
        {
            command.AddBytes("FROMMEMBER"u8);
            command.Add(member);
        }
        else
        {
            command.AddBytes("FROMLONLAT"u8);
            command.AddDouble(_position.Longitude);
            command.AddDouble(_position.Latitude);
        }

        command.AddBytes(_height is null ? "BYRADIUS"u8 : "BYBOX"u8);
        command.AddDouble(_width);
        if (_height is { } height)
        {
            command.AddDouble(height);
        }

        command.Add(_unit);
    }
}
