namespace Baton.Client;

/// <summary>A place on the earth, in degrees.</summary>
/// <param name="Longitude">-180 to 180.</param>
/// <param name="Latitude">-85.05112878 to 85.05112878.</param>
public readonly record struct GeoPosition(double Longitude, double Latitude);
