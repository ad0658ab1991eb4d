/**
 * Geofence enter/exit on one core: which fences each reading of a moving fleet enters and leaves, by our index and by flatbush with
 * point-in-polygon-hao in the same run. Both must tell the same crossings, or the number does not count. Where `BENCH_POSTGIS_URL` names
 * a server with PostGIS, also against its set join.
 */
import Flatbush from 'flatbush';
import pg from 'pg';
import pointInPolygon from 'point-in-polygon-hao';
import { createFenceIndex, crossingsOf, type Fence } from '../src/domain/kernel/geo/fence-index.ts';
import type { Position } from '../src/domain/kernel/geo/position.ts';
import { toWkt } from '../src/domain/kernel/geo/wkt.ts';
import type { Benchmark, BenchmarkRow } from './benchmark.ts';

const vertices = 64;
const fencesPerTown = 50;
const unitsCount = 2000;
const stepsPerUnit = 50;
const rounds = 7;

/** A fixed sequence of numbers in [0, 1) (Numerical Recipes' generator): the same fences and tracks on every machine. */
const sequence = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Towns between Panama and the United States, fences of half a kilometre to twenty around them, and units that wander there. */
const makeWorld = (fencesCount: number) => {
  const next = sequence(20_260_101);
  const towns = Array.from({ length: Math.ceil(fencesCount / fencesPerTown) }, () => ({ latitude: 8 + next() * 24, longitude: -116 + next() * 38 }));
  const somewhere = (): Position => {
    const town = towns[Math.floor(next() * towns.length)] ?? { latitude: 0, longitude: 0 };
    return { latitude: town.latitude + (next() - 0.5), longitude: town.longitude + (next() - 0.5) };
  };
  const fences = Array.from({ length: fencesCount }, (_, index): Fence => {
    const [middle, size] = [somewhere(), 0.005 * 40 ** next()];
    const corners = Array.from({ length: vertices }, (__, corner) => {
      const [angle, radius] = [(2 * Math.PI * corner) / vertices, size * (0.7 + 0.3 * next())];
      return { latitude: middle.latitude + radius * Math.sin(angle), longitude: middle.longitude + radius * Math.cos(angle) };
    });
    return { id: `fence ${index}`, shape: { kind: 'polygon', rings: [[...corners, ...corners.slice(0, 1)]] } };
  });
  const tracks = Array.from({ length: unitsCount }, () => {
    let [{ latitude, longitude }, heading] = [somewhere(), next() * 2 * Math.PI];
    return Array.from({ length: stepsPerUnit }, () => {
      heading += next() - 0.5;
      latitude += 0.005 * Math.sin(heading);
      longitude += 0.005 * Math.cos(heading);
      return { latitude, longitude };
    });
  });
  // As they arrive: one reading of every unit, then the next.
  const readings = Array.from({ length: stepsPerUnit }, (_, step) => tracks.map((track) => track[step] ?? { latitude: 0, longitude: 0 })).flat();
  return { fences, latitudes: Float64Array.from(readings, ({ latitude }) => latitude), longitudes: Float64Array.from(readings, ({ longitude }) => longitude) };
};
type World = ReturnType<typeof makeWorld>;
type Holding = (position: Position) => readonly number[];

const flatbushHolding = ({ fences }: World): Holding => {
  const rings = fences.map(({ shape }) =>
    shape.kind === 'polygon' ? shape.rings.map((ring) => ring.map(({ longitude, latitude }) => [longitude, latitude])) : [],
  );
  const tree = new Flatbush(fences.length);
  for (const [outer = []] of rings) {
    const [xs, ys] = [outer.map(([x = 0]) => x), outer.map(([, y = 0]) => y)];
    tree.add(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  }
  tree.finish();
  return ({ latitude, longitude }) => {
    const found: number[] = [];
    const point = [longitude, latitude];
    for (const index of tree.search(longitude, latitude, longitude, latitude)) if (pointInPolygon(point, rings[index] ?? []) !== false) found.push(index);
    return found.length > 1 ? found.sort((a, b) => a - b) : found;
  };
};

/** All readings through one implementation: how long it took, and a digest of every crossing in order. */
const track = ({ latitudes, longitudes }: World, holding: Holding): { readonly readingsPerSecond: number; readonly digest: string } => {
  const held: (readonly number[])[] = Array.from({ length: unitsCount }, () => []);
  let [crossings, digest] = [0, 0];
  const start = performance.now();
  for (let reading = 0; reading < latitudes.length; reading++) {
    const unit = reading % unitsCount;
    const now = holding({ latitude: latitudes[reading] ?? 0, longitude: longitudes[reading] ?? 0 });
    const { exited, entered } = crossingsOf(held[unit] ?? [], now);
    for (const fence of exited) digest = (Math.imul(digest, 31) + fence * 2 + unit) | 0;
    for (const fence of entered) digest = (Math.imul(digest, 31) + fence * 2 + 1 + unit) | 0;
    crossings += exited.length + entered.length;
    held[unit] = now;
  }
  return { readingsPerSecond: (latitudes.length / (performance.now() - start)) * 1000, digest: `${crossings}/${digest}` };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** One row a number of fences; a warm-up of each, then rounds of both in turn, medians. */
const benchmarkGeofence = (sizes: readonly number[] = [100, 1000, 10_000]): readonly BenchmarkRow[] =>
  sizes.map((size) => {
    const world = makeWorld(size);
    const [ours, baseline] = [createFenceIndex(world.fences).holding, flatbushHolding(world)];
    const digests = new Set([track(world, ours).digest, track(world, baseline).digest]);
    const measured = Array.from({ length: rounds }, () => {
      const [mine, theirs] = [track(world, ours), track(world, baseline)];
      digests.add(mine.digest).add(theirs.digest);
      return { ours: mine.readingsPerSecond, baseline: theirs.readingsPerSecond, ratio: mine.readingsPerSecond / theirs.readingsPerSecond };
    });
    return {
      name: 'geofence enter/exit, 64 vertices, one core, against flatbush + point-in-polygon-hao',
      size,
      unit: 'readings/s',
      ours: Math.round(median(measured.map((round) => round.ours))),
      baseline: Math.round(median(measured.map((round) => round.baseline))),
      ratio: Number(median(measured.map((round) => round.ratio)).toFixed(2)),
      must: 1,
      dream: 2,
      correct: digests.size === 1,
    };
  });

const loadPostgis = async (client: pg.Client, { fences, latitudes, longitudes }: World): Promise<void> => {
  await client.query('create extension if not exists postgis');
  await client.query('create temporary table fence (id int, shape geometry); create temporary table reading (id int, point geometry)');
  await client.query('insert into fence select ordinality - 1, st_geomfromtext(shape) from unnest($1::text[]) with ordinality as t (shape)', [
    fences.map(({ shape }) => toWkt(shape)),
  ]);
  await client.query('insert into reading select o - 1, st_point(x, y) from unnest($1::float8[], $2::float8[]) with ordinality as t (x, y, o)', [
    Array.from(longitudes),
    Array.from(latitudes),
  ]);
  await client.query('create index on fence using gist (shape); analyze fence; analyze reading; set max_parallel_workers_per_gather = 0');
};

/** PostGIS's set join, which only counts the pairs, against our whole tracking. That it finds the same pairs is asked once, outside the time. */
const againstPostgis = async (url: string, size: number): Promise<BenchmarkRow> => {
  const world = makeWorld(size);
  const { holding } = createFenceIndex(world.fences);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await loadPostgis(client, world);
    const join = 'from reading r join fence f on st_covers(f.shape, r.point)';
    const { rows } = await client.query<{ pair: string }>(`select r.id || ' ' || f.id as pair ${join} order by r.id, f.id`);
    const pairs = Array.from(world.latitudes, (latitude, reading) =>
      holding({ latitude, longitude: world.longitudes[reading] ?? 0 }).map((fence) => `${reading} ${fence}`),
    ).flat();
    const measured: { readonly ours: number; readonly baseline: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const ours = track(world, holding).readingsPerSecond;
      const start = performance.now();
      await client.query(`select count(*) ${join}`);
      measured.push({ ours, baseline: (world.latitudes.length / (performance.now() - start)) * 1000 });
    }
    return {
      name: 'geofence enter/exit, 64 vertices, one core, against a PostGIS set join',
      size,
      unit: 'readings/s',
      ours: Math.round(median(measured.map((round) => round.ours))),
      baseline: Math.round(median(measured.map((round) => round.baseline))),
      ratio: Number(median(measured.map((round) => round.ours / round.baseline)).toFixed(2)),
      must: 15,
      dream: 40,
      correct: rows.map(({ pair }) => pair).join() === pairs.join(),
    };
  } finally {
    await client.end();
  }
};

export const geofence: Benchmark = {
  name: 'geofence',
  run: async () => {
    const postgis = process.env['BENCH_POSTGIS_URL'];
    return [...benchmarkGeofence(), ...(postgis === undefined ? [] : [await againstPostgis(postgis, 10_000)])];
  },
};
