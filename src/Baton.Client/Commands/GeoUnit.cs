namespace Baton.Client;

/// <summary>A unit of length.</summary>
public enum GeoUnit
{
    /// <summary>Metres.</summary>
    Meters,

    /// <summary>Kilometres.</summary>
    Kilometers,

    /// <summary>Miles.</summary>
    Miles,

    /// <summary>Feet.</summary>
    Feet,
}
