namespace Baton.Client;

/// <summary>What GEOSEARCH found.</summary>
/// <param name="Member">The member.</param>
/// <param name="Distance">From the centre, in the unit of the search.</param>
/// <param name="Position">Where it is.</param>
public readonly record struct GeoMatch(string Member, double Distance, GeoPosition Position);
